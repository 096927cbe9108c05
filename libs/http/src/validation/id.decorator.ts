import { Param } from '@nestjs/common';
import { idSchema } from '#contracts';

/** A path parameter that is an id; anything but 24 hexadecimal digits is 404. */
export const Id = (name = 'id'): ParameterDecorator => Param(name, { schema: idSchema });
