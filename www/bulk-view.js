import { CardClient, ingo, pintopay } from './cardwright/index.js';
import { BulkColumns } from './bulk-columns.js';
import { ending } from './bulk-ending.js';
import { openSheet } from './bulk-file.js';
import { findingsOf } from './bulk-findings.js';
import { LIMIT_REACHED, NO_KEY, planOf } from './bulk-plan.js';
import { BulkProblems, said } from './bulk-problems.js';
import { BulkProgress, fact } from './bulk-progress.js';
import { saveReport } from './bulk-report.js';
import { sample } from './bulk-sample.js';
import { DayLimit } from './day-limit.js';
import { OutcomeMessage } from './outcome-message.js';
import { element } from './element.js';
import { enable } from './enable.js';
import { fileDrop } from './file-drop.js';
import { OnePress, pressTimeOf } from './one-press.js';

/** So many problems are listed, a page at a time; all are counted. */
const MOST_PROBLEMS = 10_000;
const OPERATIONS = { 'ingo.issueCard': ingo.issueCard, 'pintopay.createCard': pintopay.createCard };

/** Makes the view of many cards work. `onEnded` is told when a run has ended; `log` hears what is sent. */
export function bulkView(root, { log, onEnded }) {
  const { hooks } = log;
  // A client of its own: of calls at the same time, the log then knows which answer is whose.
  const client = new CardClient({ hooks });
  const part = (name) => root.querySelector(name);
  const outcome = new OutcomeMessage(part('.bulk__outcome'));
  const progress = new BulkProgress(part('.bulk-run'), part('.bulk-state'));
  const day = new DayLimit();
  const problems = new BulkProblems(part('.problems'), {
    onChange: (number, path, value) => again(() => sheet.change(number, path, value)),
    onLeaveOut: (numbers, press) => pressed(() => again(() => sheet.remove(numbers)), press),
    onPassOver: (column, press) => pressed(() => again(() => columns.passOver([column])), press),
  });
  const form = part('.bulk__setup');
  const { operation, key, batch, limit } = form.elements;
  const [main, pause, stop, download] = ['main', 'pause', 'stop', 'download'].map((name) => part(`[data-do="${name}"]`));
  let sheet;
  let columns;
  let checked;
  let run;
  let report;
  let checks = 0;
  let isReady = false;
  let isSettling = false;
  // One for all buttons: with each press another one comes to stand under the pointer.
  const press = new OnePress((state) => settle(state !== 'idle'));
  const pressTime = pressTimeOf(main);

  const chosen = () => OPERATIONS[operation.value];
  const makesOrders = () => operation.value === 'pintopay.createCard';
  const isRunning = () => run !== undefined && report === undefined;

  /** Does what a press asks for, once a gesture; what takes its time goes on by itself. */
  function pressed(work, { timeStamp }) {
    press.run(() => void work(), timeStamp);
  }

  function settle(isOn) {
    isSettling = isOn;
    problems.settle(isOn);
    for (const button of [pause, stop]) enable(button, !isOn);
    offer(isReady);
  }

  function offer(isNowReady) {
    isReady = isNowReady;
    enable(main, isReady && !isSettling);
    main.toggleAttribute('data-illegal', !isReady);
  }

  function stateIs(state) {
    root.dataset.state = state;
    part('.bulk__fields').inert = state === 'running';
    main.hidden = false;
  }

  async function load(file) {
    if (isRunning()) return outcome.say('These cards are still being issued. Stop that first.', 'not_sent');
    outcome.clear();
    forgetRun();
    // While it is read, nothing more can be done with the file before.
    forgetSheet();
    const number = ++checks;
    root.setAttribute('aria-busy', 'true');
    const { sheet: opened, refused } = await openSheet(file);
    // Another file was chosen since.
    if (number !== checks) return;
    if (refused !== undefined) return refuse(refused);
    sheet = opened;
    stateIs('checked');
    // What is listed is about the file before.
    showNothing('');
    part('.bulk__file').textContent = file.name;
    batch.value = file.name.replace(/\.\w+$/, '');
    const looksLikeOrders = new BulkColumns(sheet, pintopay.createCard).hasFields;
    operation.value = looksLikeOrders ? 'pintopay.createCard' : 'ingo.issueCard';
    offerKeys();
    await check();
  }

  function refuse(words) {
    forgetSheet();
    root.removeAttribute('aria-busy');
    outcome.say(words, 'not_sent');
  }

  function forgetSheet() {
    stateIs('empty');
    sheet = checked = undefined;
    offer(false);
  }

  /** Of rows that were not looked at nothing is known, but why. */
  function showNothing(why) {
    root.removeAttribute('aria-busy');
    problems.show({ problems: [], count: 0, rows: 0 }, sheet);
    for (const name of ['.bulk__counts', '.bulk__unused']) part(name).replaceChildren();
    part('.bulk__plan').textContent = why;
    main.textContent = 'Nothing to issue';
  }

  function offerKeys() {
    columns = new BulkColumns(sheet, chosen());
    const { keys, likelyKey } = columns;
    key.replaceChildren(...keys.map((name) => element('option', { value: name, selected: name === likelyKey }, name)));
  }

  async function check() {
    const number = ++checks;
    root.setAttribute('aria-busy', 'true');
    offer(false);
    checked = undefined;
    if (key.value === '') return showNothing(NO_KEY);
    try {
      const look = () => chosen().checkMany(sheet.text, { ...columns.options(key.value), rowKey: columns.rowKey(key.value), maxIssues: MOST_PROBLEMS });
      let looked = await look();
      if (number === checks && columns.passOver(columns.useless(looked.issues))) looked = await look();
      // Another check has begun since, of what is there now.
      if (number !== checks) return;
      checked = looked;
    } catch (error) {
      if (number === checks) refuse(error.message);
      return;
    } finally {
      if (number === checks) root.removeAttribute('aria-busy');
    }
    const found = findingsOf(checked, { sheet, fields: chosen().fields, key: key.value });
    const hadFocus = holdsFocus('.problems');
    problems.show(found, sheet);
    const over = columns.unused(key.value);
    part('.bulk__unused').textContent = over.length > 0 ? `Not used: ${over.join(', ')}.` : '';
    part('.bulk__counts').replaceChildren(fact('Rows', checked.rows), fact('Ready', checked.valid, 'good'), ...(checked.invalid > 0 ? [fact('With problems', checked.invalid, 'bad')] : []), ...(found.twice > 0 ? [fact('Named twice', found.twice, 'bad')] : []));
    plan();
    if (hadFocus && found.problems.length === 0) main.focus();
  }

  const holdsFocus = (name) => part(name).contains(document.activeElement);

  /** Says what is about to be made, and offers it. */
  function plan() {
    if (checked === undefined) return;
    main.textContent = checked.valid > 0 ? `${makesOrders() ? 'Order' : 'Issue'} ${said(checked.valid, 'card')}` : 'Nothing to issue';
    const how = saidHow();
    const { canBegin, words } = planOf(checked, how);
    offer(canBegin && mayBegin(how));
    part('.bulk__plan').textContent = words;
  }

  /** What batch and limit say of how to issue. */
  function saidHow() {
    const [isNamed, isLimit] = [batch.value.trim() !== '', /^\d*$/.test(limit.value.trim())];
    batch.setAttribute('aria-invalid', String(!isNamed));
    limit.setAttribute('aria-invalid', String(!isLimit));
    return { isNamed, isLimit, mostToday: mostToday() };
  }

  /** Whether that can be done, with some of the day's limit left. */
  const mayBegin = ({ isNamed, isLimit, mostToday }) => isNamed && isLimit && mostToday !== 0;

  const mostToday = () => (limit.value.trim() === '' ? undefined : day.left(Number(limit.value)));

  function again(change) {
    if (isRunning() || sheet === undefined) return;
    change();
    forgetRun();
    return check();
  }

  async function issue() {
    outcome.clear();
    report = undefined;
    stateIs('running');
    offer(false);
    part('.bulk__plan').textContent = 'If this page is closed, the same file under the same batch goes on where it was.';
    progress.begin(makesOrders());
    // The pressed button is gone, and the focus must not be.
    pause.focus();
    run = client.bulk(chosen(), sheet.text, {
      batchId: batch.value.trim(),
      rowKey: columns.rowKey(key.value),
      skipInvalid: true,
      waitForCards: makesOrders(),
      ...(mostToday() !== undefined && { dailyLimit: mostToday() }),
      check: columns.options(key.value),
      onProgress: (now) => progress.show(now),
    });
    pause.textContent = 'Pause';
    const refused = await run.done.then((ended) => void (report = ended), (error) => error);
    const hadFocus = holdsFocus('.bulk__buttons');
    if (refused === undefined) {
      day.note(report);
      stateIs('ended');
      say(ending(report, makesOrders()));
    } else {
      forgetRun();
      plan();
      outcome.say(`${refused.message} Nothing was sent.`, 'not_sent');
    }
    if (hadFocus) outcome.focus();
    log.settle(operation.value, hooks);
    onEnded();
  }

  function pauseOrGoOn() {
    const isPaused = run.progress.state === 'paused';
    pause.textContent = isPaused ? 'Pause' : 'Go on';
    if (isPaused) run.resume();
    else run.pause();
  }

  function say({ words, next, isOpen, isWell }) {
    outcome.say(words, isWell ? 'done' : 'unknown');
    main.textContent = 'Go on with the rest';
    main.hidden = !isOpen;
    offer(mayBegin(saidHow()));
    download.classList.toggle('button--main', !isOpen);
    part('.bulk__plan').textContent = isOpen && mostToday() === 0 ? LIMIT_REACHED : next;
  }

  function forgetRun() {
    run = report = undefined;
    progress.hide();
    if (sheet) stateIs('checked');
  }

  fileDrop(part('.bulk__drop'), load);
  part('[data-do="sample"]').addEventListener('click', () => load(sample()));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (isReady && !isRunning()) pressed(issue, { timeStamp: pressTime() });
  });
  part('.bulk__fields').addEventListener('input', ({ target }) => {
    if (target === operation) offerKeys();
    if (target === operation || target === key) return again(() => {});
    forgetRun();
    plan();
  });
  pause.addEventListener('click', (event) => pressed(pauseOrGoOn, event));
  stop.addEventListener('click', (event) => pressed(() => run.stop(), event));
  download.addEventListener('click', () => saveReport(report, sheet));
}
