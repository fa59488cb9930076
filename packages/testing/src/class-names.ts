// Names of classes as users may have them: in many scripts, right to left, long, and with letters that markup and quotes mean something by.

const beginnings = [
  "ankle boot",
  "红色的长外套",
  "سيارة حمراء",
  "מכונית",
  "👨‍👩‍👧‍👦 family",
  "Ελληνικά",
  "кошка",
  "ภาษาไทย",
  "हिन्दी",
  "é́tude",
  `"quoted" & <b>'marked'</b>`,
  "__proto__",
  "constructor",
  "007",
  `a name of many words that nobody would write but a folder can have, ${"again and ".repeat(8)}again`,
];

/** Different names of any number of classes. */
export const classNames = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => {
    const round = Math.floor(i / beginnings.length);
    return round === 0 ? beginnings[i]! : `${beginnings[i % beginnings.length]} ${round}`;
  });
