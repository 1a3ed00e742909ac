import { env } from 'onnxruntime-common';

/** "onnxruntime-web 1.30.0": its parts are released together. */
export const RUNTIME_VERSION = `onnxruntime-web ${env.versions.common}`;
