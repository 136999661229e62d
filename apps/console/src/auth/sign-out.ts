import { forget } from './credentials.js';

let signedOut = false;

/** Whether it was just done here, so that nobody is signed in again at once by an issuer that still knows them. */
export function hasSignedOut(): boolean {
  return signedOut;
}

export function signOut(): void {
  signedOut = true;
  forget();
}
