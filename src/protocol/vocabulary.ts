/** The nouns of core that cross a channel, for the extension host, which sees nothing else of core. */
export type { PixelScale } from '../core/inputs/pixelScale';
export type { OutputFormat } from '../core/outputFormat';
export type { Problem, ProblemCode, Result } from '../core/result';
export type { VerificationRecord } from '../core/view/report/verificationRecord';
export type { SpeedReport } from '../core/verify/speed/speedReport';
export type { BlockComparison, VerificationReport, Verdict } from '../core/verify/report';
export { GIVE_SHAPES } from '../core/torchscript/giveShapes';
export { ProblemError, raise, unwrap } from '../core/result';
