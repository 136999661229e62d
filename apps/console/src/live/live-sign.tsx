import css from './live-sign.module.css';
import { useLiveState } from './live-state.js';

/** In the header: whether changes of others come by themselves. */
export function LiveSign() {
  const state = useLiveState();
  const { word, why } = WORDS[state ?? 'connecting'];
  return (
    <span className={css['sign']} data-state={state} title={why}>
      <span className={css['dot']} aria-hidden />
      <span className={css['word']}>{word}</span>
    </span>
  );
}

const WORDS = {
  connecting: { word: 'Connecting', why: 'The feed of changes is about to be followed.' },
  live: { word: 'Live', why: 'What others change shows by itself.' },
  trying: { word: 'Not live', why: 'The feed of changes does not answer; it is tried again.' },
  refused: { word: 'Not live', why: 'The feed of changes is not granted to you, or your session has ended.' },
} as const;
