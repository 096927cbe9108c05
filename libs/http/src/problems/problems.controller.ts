import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Anonymous } from '#auth';
import { ERROR_CODES, type ErrorCode } from '#kernel';
import { PROBLEMS } from './problems.js';

const codeSchema = z.enum(ERROR_CODES);

/** What the `type` of a problem document leads to: its explanation, as a page for people and as JSON for programs. */
@ApiExcludeController()
@Anonymous()
@Controller('problems')
export class ProblemsController {
  @Get()
  list(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    if (!wantsPage(request)) return { data: ERROR_CODES.map(describe) };
    return page(reply, 'Problems', ERROR_CODES.map(section).join('\n'));
  }

  @Get(':code')
  read(
    @Param('code', { schema: codeSchema }) code: ErrorCode,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return wantsPage(request) ? page(reply, PROBLEMS[code].title, section(code)) : describe(code);
  }
}

const describe = (code: ErrorCode) => ({ code, ...PROBLEMS[code] });

/** Browsers ask for HTML by name; whoever takes anything gets JSON. */
const wantsPage = (request: FastifyRequest): boolean => request.headers.accept?.includes('text/html') ?? false;

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const section = (code: ErrorCode): string => {
  const { status, title, explanation } = PROBLEMS[code];
  return `<h2><code>${code}</code></h2><p><strong>${status} ${escape(title)}.</strong> ${escape(explanation)}</p>`;
};

function page(reply: FastifyReply, title: string, content: string): string {
  void reply.type('text/html; charset=utf-8');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><style>body{font:16px/1.5 system-ui;max-width:44em;margin:2em auto;padding:0 1em}</style>
<body>${content}</body></html>`;
}
