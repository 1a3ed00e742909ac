/** The nouns of core that cross a channel, for the extension host, which sees nothing else of core. */
export type { Problem, ProblemCode, Result } from '../core/result';
export type { VerificationReport, Verdict } from '../core/verify/report';
export { ProblemError } from '../core/result';
