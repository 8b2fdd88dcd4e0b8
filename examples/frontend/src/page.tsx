import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from './location.tsx';

interface PageProps {
  /** What kind of thing the title names, where it is one thing: stands above it behind the way back to all subjects. */
  readonly kind?: string;
  readonly title: ReactNode;
  /** Title of the browser tab, where `title` is more than text. */
  readonly tabTitle: string;
  readonly children: ReactNode;
}

/** One view with its heading, which is focused when the view is entered, so that keyboards and screen readers go on from there. */
export const Page = ({ kind, title, tabTitle, children }: PageProps) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <article className="page">
      <title>{`${tabTitle} · Who has which role, where`}</title>
      {kind !== undefined && (
        <nav className="kind" aria-label="Where you are">
          <Link to={{ name: 'subjects', filter: {} }}>Subjects</Link> / {kind}
        </nav>
      )}
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </article>
  );
};

/** Grey rows in the shape of what is to come. */
export const WaitingRows = ({ label }: { readonly label: string }) => (
  <div className="rows waiting-rows" role="status" aria-label={label}>
    {Array.from({ length: 8 }, (_, index) => (
      <div className="row" key={index} aria-hidden="true">
        <span className="bone wide" />
        <span className="bone" />
        <span className="bone" />
      </div>
    ))}
  </div>
);

interface NothingProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** There is an answer, and it is empty. */
export const Nothing = ({ title, children }: NothingProps) => (
  <section className="card nothing" role="status">
    <h2>{title}</h2>
    <p>{children}</p>
  </section>
);
