/** For `server.once('error', …)`: where the port is taken, ends the example with a line that says what to do. Throws any other error. */
export const explainTakenPort =
  (port: number, example: string) =>
  (error: NodeJS.ErrnoException): never => {
    if (error.code !== 'EADDRINUSE') throw error;
    const other = port === 0 ? 0 : port + 1;
    process.stderr.write(
      `port ${port} is taken: choose another with PORT, such as PORT=${other} npm run example:${example} (0 takes any free one)\n`,
    );
    process.exit(1);
  };
