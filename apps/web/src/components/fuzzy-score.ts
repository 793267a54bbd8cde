/**
 * How well a text answers what somebody typed: the higher the better, null when it does not. Every word typed must be found, as its letters
 * in order; beginnings of words and letters in one piece count most, so `cc` finds "Credit check" and `check` finds it better.
 */
export function fuzzyScore(typed: string, text: string): number | null {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const target = text.toLowerCase();
  let sum = 0;
  for (const word of words) {
    const score = wordScore(word, target);
    if (score === null) return null;
    sum += score;
  }
  // Of two that fit equally, the one with less beside it.
  return sum - target.length / 1000;
}

function wordScore(word: string, target: string): number | null {
  const at = target.indexOf(word);
  if (at !== -1) {
    const begins = at === 0 || isBoundary(target, at) ? at : wholeWordStart(word, target);
    return word.length * (begins === null ? 1.2 : begins === 0 ? 4 : 3);
  }
  let from = 0;
  let score = 0;
  let last = -2;
  for (const letter of word) {
    const found = nextLetter(target, letter, from, last);
    if (found === -1) return null;
    if (found === last + 1) score += 1;
    else if (isBoundary(target, found)) score += 1.5;
    else score -= 0.5;
    last = found;
    from = found + 1;
  }
  // Letters strewn over a text are no answer.
  return score >= word.length * 0.5 ? score : null;
}

/** The letter that goes on, else one that begins a word, else the next. */
function nextLetter(target: string, letter: string, from: number, last: number): number {
  if (target[last + 1] === letter && last + 1 >= from) return last + 1;
  for (let at = target.indexOf(letter, from); at !== -1; at = target.indexOf(letter, at + 1)) if (isBoundary(target, at)) return at;
  return target.indexOf(letter, from);
}

function wholeWordStart(word: string, target: string): number | null {
  for (let at = target.indexOf(word); at !== -1; at = target.indexOf(word, at + 1)) if (isBoundary(target, at)) return at;
  return null;
}

function isBoundary(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '');
}
