import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

/**
 * Loaded into a gateway that is profiled, with `--import`: SIGUSR2 begins a profile, and again ends it and writes it where `PROFILE_FILE` says. So neither
 * the start nor the warming up is in it.
 */
const file = process.env['PROFILE_FILE'] as string;
const intervalMicroseconds = 200;
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: intervalMicroseconds });
let isOn = false;

process.on('SIGUSR2', () => {
  if (!isOn) {
    isOn = true;
    session.post('Profiler.start');
    return;
  }
  isOn = false;
  session.post('Profiler.stop', (error, result) => {
    writeFileSync(file, JSON.stringify(error === null ? result.profile : { error: error.message }));
  });
});
