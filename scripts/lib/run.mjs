// Child processes: one way to start them, one way to end them.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a command to its end and never throws: a command that could not start has code 127.
 * `onLine` gets each line of output as it comes; `timeout` is in milliseconds.
 * Resolves to `{ code, signal, output, timedOut }`, with the last megabyte of output.
 */
export function run(command, args, { cwd, env, onLine, timeout, stdio = 'pipe' } = {}) {
  return new Promise((settle) => {
    const child = spawn(command, args, { cwd, env, stdio, detached: true });
    let output = '';
    let timedOut = false;
    const take = lineSplitter((line) => {
      output = (output + line + '\n').slice(-1_000_000);
      onLine?.(line);
    });
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', take.push);
    const release = endWithUs(child);
    const timer = timeout && setTimeout(() => ((timedOut = true), void endGroup(child.pid)), timeout);
    const finish = (code, signal) => {
      clearTimeout(timer);
      release();
      take.flush();
      settle({ code, signal, output, timedOut });
    };
    child.on('error', (error) => ((output += error.message), finish(127, null)));
    child.on('close', (code, signal) => finish(code ?? 1, signal));
  });
}

/** Cuts chunks of text into lines. */
export function lineSplitter(onLine) {
  let rest = '';
  return {
    push(chunk) {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop();
      lines.forEach((line) => onLine(line));
    },
    flush() {
      if (rest) onLine(rest);
      rest = '';
    },
  };
}

/** Whether any process of a group is alive. */
function groupLives(pid) {
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Sends a signal to a group whose members may be gone already. */
export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // nobody left
  }
}

/** Ends a process group by its id: SIGTERM, then SIGKILL after `grace` milliseconds. */
export async function endGroup(pid, grace = 4000) {
  if (!pid) return;
  signalGroup(pid, 'SIGTERM');
  for (let waited = 0; waited < grace && groupLives(pid); waited += 50) await sleep(50);
  if (groupLives(pid)) signalGroup(pid, 'SIGKILL');
}

/** Ends the child's group when this process is interrupted; returns a function that takes the hook off again. */
function endWithUs(child) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const stop = (signal) => {
    void endGroup(child.pid).then(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  for (const signal of signals) process.once(signal, stop);
  return () => signals.forEach((signal) => process.removeListener(signal, stop));
}
