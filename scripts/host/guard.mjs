// Keeps a command from outliving the script that needs it: leads a process group, runs the command in it, and ends
// the whole group when the command ends or standard input closes, even because the script was killed outright.
// Usage: node guard.mjs COMMAND ARG…, started detached with a pipe as standard input.
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
const killGroup = () => process.kill(-process.pid, 'SIGKILL');

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.on('error', (error) => {
  console.error(error.message);
  killGroup();
});
// a helper process of the command may still be there
child.on('exit', killGroup);

let ending = false;
function end() {
  if (ending) return;
  ending = true;
  process.on('SIGTERM', () => undefined);
  process.kill(-process.pid, 'SIGTERM');
  setTimeout(killGroup, 3000);
}
process.stdin.on('end', end).on('error', end).resume();
