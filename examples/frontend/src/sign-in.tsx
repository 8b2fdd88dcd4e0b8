import { useId } from 'react';
import { signIn } from './session.ts';

/** Takes a bearer token. Where one has expired, whatever is shown is asked for again with the new one. */
export const SignIn = () => {
  const id = useId();
  return (
    <form
      className="sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        const token = new FormData(event.currentTarget).get('token');
        if (typeof token === 'string' && token.trim() !== '') signIn(token);
      }}
    >
      <label htmlFor={id}>Bearer token</label>
      <input id={id} name="token" type="password" autoComplete="off" spellCheck={false} required />
      <button type="submit">Sign in</button>
    </form>
  );
};
