import '@mantine/notifications/styles.css';
import { Notifications, notifications } from '@mantine/notifications';
import { explain, type Failure } from '../session/graph-error.ts';

/** Where short notices appear. Loaded after the first page: nothing on it waits for them. */
export const Notices = () => <Notifications position="bottom-right" />;

/** One failed field leaves the rest of the page standing: what is missing is said beside it, once for each code. */
export const tellPartialFailure = (failures: readonly Failure[]): void => {
  for (const code of new Set(failures.map((failure) => failure.code))) {
    if (code === 'UNAUTHENTICATED') continue;
    const { title, wayOut } = explain(code);
    notifications.show({ id: code, title, message: wayOut, color: 'orange', autoClose: 8000 });
  }
};

/** What was said to one user is not for the next. */
export const clearNotices = (): void => notifications.clean();
