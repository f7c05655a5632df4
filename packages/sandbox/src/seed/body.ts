import { escapeHtml } from '../html.js';
import type { Kind } from './outline.js';
import { pick } from './random.js';

const openings: Readonly<Record<Kind, readonly [string, ...string[]]>> = {
  decision: [
    'Status: accepted. We chose this after two trials and a longer argument than it deserved.',
    'Status: accepted, to be looked at again when the fleet passes fifty thousand devices.',
    'Status: accepted. It replaces an older note that nobody could find any more.',
  ],
  runbook: [
    'Use this when the alert fires. If it is not better after twenty minutes, call the second line.',
    'This happens about once a month. Nothing is lost as long as the queue still accepts writes.',
    'Read to the end before you type anything: step 3 cannot be undone.',
  ],
  service: [
    'Owned by the cloud team. Three instances, no state of its own beyond its database.',
    'Owned by the device team. Scales with the number of connected balances.',
    'Small, old and reliable. Talk to us before you add another endpoint.',
  ],
  guide: [
    'Written for somebody who does this for the first time.',
    'The short version is at the top, the reasons are below.',
    'If a step no longer matches what you see, please correct it right here.',
  ],
  notes: [
    'Present: Mira, Jonas, Priya and two guests from the device team.',
    'Notes taken during the meeting, tidied afterwards.',
    'We met for an hour and used it up.',
  ],
  policy: [
    'Applies to everybody who works for Halden, contractors included.',
    'In short: use good judgement, and ask when in doubt.',
    'Reviewed once a year; the last review is the date of this page.',
  ],
  help: [
    'You need about five minutes and the power adapter that came with the balance.',
    'This works on every L-series balance with firmware 2.6 or later.',
    'Not sure which model you have? It is printed under the weighing pan.',
  ],
  release: [
    'Rolled out to a tenth of the fleet first, to everybody a week later.',
    'A small one: mostly repairs, and one thing many of you asked for.',
    'Please read the note on compatibility before you update.',
  ],
};

const points: Readonly<Record<Kind, readonly [string, ...string[]]>> = {
  decision: [
    'Costs us one more deployment, saves us a shared schema.',
    'Every team can carry it out alone.',
    'The alternative needed a licence that we could not explain to finance.',
    'We accept slower writes for simpler recovery.',
  ],
  runbook: [
    'Look at the dashboard first and note the time.',
    'Drain one instance at a time, never two.',
    'Check that the backlog falls before you leave.',
    'Write two lines in the incident channel, also when all is well.',
  ],
  service: [
    'Health: /healthz, metrics: /metrics.',
    'Deploys on every merge to main.',
    'Retries are the caller’s business.',
    'Its database is backed up every hour.',
  ],
  guide: [
    'Ask in the team channel when you get stuck for more than half an hour.',
    'You need the staging role; it is granted on the same day.',
    'Leave the place tidier than you found it.',
    'There is a recording of this from last summer.',
  ],
  notes: [
    'Jonas writes the proposal until Friday.',
    'We keep the old format for one more quarter.',
    'Nobody objected, which is not the same as agreement.',
    'Next time with numbers.',
  ],
  policy: [
    'Ask your lead before you spend more than 200 euros.',
    'Exceptions are written down here.',
    'Questions go to the people team.',
    'It is all right to say no.',
  ],
  help: [
    'Put the balance on a firm table, away from the window.',
    'Wait until the green light stops blinking.',
    'Keep the button pressed for three seconds.',
    'If it does not help, write to us with the serial number.',
  ],
  release: [
    'Exports are about twice as fast.',
    'The clock no longer jumps when summer time ends.',
    'Older apps keep working until the end of next year.',
    'Thanks to everybody who sent us logs.',
  ],
};

/** A page body in Confluence storage format. */
export function pageBody(random: () => number, kind: Kind, title: string): string {
  const list = points[kind].filter(() => random() < 0.7).map((point) => `<li>${point}</li>`);
  return [
    `<p>${pick(random, openings[kind])}</p>`,
    `<h2>${escapeHtml(title)}</h2>`,
    list.length > 0 ? `<ul>${list.join('')}</ul>` : '<p>More to follow.</p>',
  ].join('');
}

const remarks: readonly [string, ...string[]] = [
  'Is this still true? Step 2 looks different for me.',
  'Helped me last night, thank you.',
  'The link in the second paragraph is dead.',
  'I would move this to the archive.',
  'Could somebody add a screenshot?',
  'We do this differently since the move to the new cluster.',
  'Confirmed, works as described.',
  'Who owns this page now?',
];

export const commentBody = (random: () => number): string => `<p>${pick(random, remarks)}</p>`;
