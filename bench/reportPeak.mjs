// Loaded before the command that is measured: writes its peak memory, in bytes, to the file that is named.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const file = process.env.REPLENS_BENCH_PEAK;
  if (file) writeFileSync(file, String(process.resourceUsage().maxRSS * 1024));
});
