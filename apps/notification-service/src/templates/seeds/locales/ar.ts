import type { Wording } from '../wording.js';

/** In the genitive, which is how every sentence below uses it. */
const seats = '{{plural booking.seats one="مقعد واحد" two="مقعدين" few="# مقاعد" many="# مقعدًا" other="# مقعد"}}';

export const ar: Wording = {
  greeting: 'مرحبًا {{reader.name}}،',
  labels: { when: 'الموعد', where: 'المكان', seats: 'المقاعد', code: 'رمز حجزك' },
  localTime: 'بالتوقيت المحلي للفعالية:',
  button: 'عرض الفعالية',
  reason: 'تصلك هذه الرسالة وفقًا لإعدادات الإشعارات لديك في Usher.',
  unsubscribe: 'إلغاء الاشتراك',
  events: {
    'event.created': {
      subject: 'فعالية جديدة: {{event.title}}',
      headline: 'فعالية جديدة',
      lead: 'أُعلن للتو عن «{{event.title}}».',
    },
    'event.updated': {
      subject: 'تغييرات في {{event.title}}',
      headline: 'تغيّرت تفاصيل فعالية',
      lead: 'تغيّرت تفاصيل «{{event.title}}». يُرجى التأكد من أنها ما زالت تناسبك.',
    },
    'event.deleted': {
      subject: 'أُزيلت: {{event.title}}',
      headline: 'أُزيلت فعالية',
      lead: 'أُزيلت «{{event.title}}» ولن تُقام.',
    },
    'event.canceled': {
      subject: 'أُلغيت: {{event.title}}',
      headline: 'أُلغيت هذه الفعالية',
      lead: 'نأسف لإبلاغك بأن «{{event.title}}» أُلغيت ولن تُقام كما كان مقررًا.',
    },
    'event.completed': {
      subject: 'انتهت {{event.title}}',
      headline: 'انتهت الفعالية',
      lead: 'انتهت «{{event.title}}». نأمل أنها نالت إعجابك.',
    },
    'event.reminder': {
      subject: 'قريبًا: {{event.title}}',
      headline: 'اقترب الموعد',
      lead: 'تبدأ «{{event.title}}» يوم {{date event.start_time}} في الساعة {{time event.start_time}}.',
    },
    'workflow.message': { subject: '{{event.title}}', headline: '{{event.title}}', lead: '{{message}}' },
  },
  bookings: {
    'booking.confirmed': {
      own: {
        subject: 'تم تأكيد الحجز: {{event.title}}',
        headline: 'تم تأكيد حجزك',
        lead: `تم حجز ${seats} لك في «{{event.title}}». نراك هناك!`,
      },
      organizer: {
        subject: 'حجز جديد: {{event.title}}',
        headline: 'لديك حجز جديد',
        lead: `تم حجز ${seats} في «{{event.title}}».`,
      },
    },
    'booking.waitlisted': {
      own: {
        subject: 'أنت على قائمة الانتظار: {{event.title}}',
        headline: 'أنت على قائمة الانتظار',
        lead: `جميع مقاعد «{{event.title}}» محجوزة حاليًا. أنت بانتظار ${seats}، وسنخبرك فور توفّر مكان.`,
      },
      organizer: {
        subject: 'انتظار جديد: {{event.title}}',
        headline: 'قائمة الانتظار لديك تزداد',
        lead: `هناك من هو بانتظار ${seats} في «{{event.title}}».`,
      },
    },
    'booking.promoted': {
      own: {
        subject: 'خبر سار: أصبح لك مكان في {{event.title}}',
        headline: 'أصبح لك مكان!',
        lead: `توفّر مكان في «{{event.title}}»: تم حجز ${seats} لك وتأكيد حجزك.`,
      },
      organizer: {
        subject: 'انتقال من قائمة الانتظار: {{event.title}}',
        headline: 'انتقال من قائمة الانتظار',
        lead: `تم منح ${seats} في «{{event.title}}» لأحد المنتظرين.`,
      },
    },
    'booking.canceled': {
      own: {
        subject: 'أُلغي الحجز: {{event.title}}',
        headline: 'أُلغي حجزك',
        lead: `أُلغي حجزك المكوّن من ${seats} في «{{event.title}}».`,
      },
      organizer: {
        subject: 'أُلغي حجز: {{event.title}}',
        headline: 'أُلغي حجز',
        lead: `أُلغي حجز مكوّن من ${seats} في «{{event.title}}».`,
      },
    },
    'booking.checked_in': {
      own: {
        subject: 'أهلًا بك في {{event.title}}',
        headline: 'أهلًا بك!',
        lead: 'تم تسجيل دخولك إلى «{{event.title}}». نتمنى لك وقتًا ممتعًا!',
      },
      organizer: {
        subject: 'وصل ضيف: {{event.title}}',
        headline: 'وصل ضيف',
        lead: `تم تسجيل دخول حجز مكوّن من ${seats} في «{{event.title}}».`,
      },
    },
  },
};
