import { useMemo } from 'react';
import { RelayEnvironmentProvider } from 'react-relay';
import { createEnvironment } from './environment.ts';
import { Link, useView, type View } from './location.tsx';
import { RoleView } from './role-view.tsx';
import { ScopeView } from './scope-view.tsx';
import { signOut, useToken } from './session.ts';
import { SignIn } from './sign-in.tsx';
import { SubjectView } from './subject-view.tsx';
import { SubjectsView } from './subjects-view.tsx';

export const App = () => {
  const token = useToken();
  return (
    <>
      <header className="bar">
        <Link to={{ name: 'subjects', filter: {} }} className="brand">
          <span className="mark" aria-hidden="true" />
          Who has which role, where
        </Link>
        {token !== null && (
          <button type="button" className="quiet" onClick={signOut}>
            Sign out
          </button>
        )}
      </header>
      <main>{token === null ? <Welcome /> : <Views token={token} />}</main>
    </>
  );
};

const Welcome = () => (
  <section className="card welcome">
    <h1>Sign in</h1>
    <p>
      What you see is what your own ESET Connect account may see. <code>npx rolescope token</code> gives you a token.
    </p>
    <SignIn />
  </section>
);

const Views = ({ token }: { readonly token: string }) => {
  const environment = useMemo(() => createEnvironment(token), [token]);
  const view = useView();
  return (
    // The key makes every caller start from nothing.
    <RelayEnvironmentProvider environment={environment} key={token}>
      <CurrentView view={view} />
    </RelayEnvironmentProvider>
  );
};

const CurrentView = ({ view }: { readonly view: View }) => {
  switch (view.name) {
    case 'subjects':
      return <SubjectsView filter={view.filter} />;
    case 'subject':
      return <SubjectView id={view.id} key={view.id} />;
    case 'scope':
      return <ScopeView id={view.id} everywhere={view.everywhere === true} key={view.id} />;
    case 'role':
      return <RoleView roleName={view.id} key={view.id} />;
  }
};
