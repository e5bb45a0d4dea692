'use strict';
// Everything is on the page without this: it tells the page's age, filters by team, and follows #team=KEY.
(() => {
  const made = document.getElementById('made');
  const age = document.getElementById('age');
  const hours = (Date.now() - Date.parse(made.dateTime)) / 3600000;
  const words = (amount, one) => `${amount} ${one}${amount === 1 ? '' : 's'} old`;
  if (hours >= 0) {
    age.textContent = hours < 1 ? 'Less than an hour old'
      : hours < 48 ? words(Math.floor(hours), 'hour') : words(Math.floor(hours / 24), 'day');
  }
  if (hours > Number(made.dataset.stale)) {
    age.textContent += ': out of date, ask whoever runs okrsync';
    age.classList.add('old');
  }

  const bar = document.getElementById('filter');
  const team = document.getElementById('filter-team');
  const when = document.getElementById('filter-when');
  const show = () => {
    for (const it of document.querySelectorAll('[data-team], [data-when]')) {
      const otherTeam = team.value && 'team' in it.dataset && !it.dataset.team.split(' ').includes(team.value);
      const otherSprint = when.value && 'when' in it.dataset && it.dataset.when !== when.value;
      it.hidden = Boolean(otherTeam || otherSprint);
    }
  };
  const open = (element) => {
    for (let it = element; it; it = it.parentElement) {
      if (it.tagName === 'DETAILS') it.open = true;
    }
  };
  const follow = () => {
    let anchor = '';
    try { anchor = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const chosen = anchor.startsWith('team=') ? anchor.slice(5) : null;
    if (chosen !== null && [...team.options].some((it) => it.value === chosen)) {
      team.value = chosen;
      show();
    }
    const target = anchor && document.getElementById(anchor);
    if (target) {
      if (target.closest('[hidden]')) {
        team.value = '';
        when.value = '';
        show();
      }
      open(target);
      target.scrollIntoView();
    }
  };
  bar.hidden = false;
  team.addEventListener('change', () => {
    show();
    for (const it of document.querySelectorAll('li.team:not([hidden])')) if (team.value) open(it);
  });
  when.addEventListener('change', show);
  addEventListener('hashchange', follow);
  show();
  follow();
})();
