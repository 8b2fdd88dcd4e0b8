import { Modal, type ModalProps } from '@mantine/core';

/** A dialog over the page. Its head is no banner: a page has one already. */
export const Dialog = (props: Omit<ModalProps, 'opened'>) => (
  <Modal
    opened
    size="lg"
    closeButtonProps={{ 'aria-label': 'Close' }}
    attributes={{ header: { role: 'presentation' } }}
    {...props}
  />
);
