"""Objectives and key results that live in Linear: initiatives and their projects, made the registry's values.

What a page says stands in its `okr` block (`mappings.fenced`); nothing else of the page is looked at. A value that
cannot be what its key is for is a misfit of its page, told with all the others; nothing is guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal

from adapters.declaring import Declared, Misfit
from adapters.linear.okr_blocks import Block, KeyResultBlock, ObjectiveBlock, parse_block
from adapters.linear.okr_settings import OkrSettings
from adapters.linear.okr_wire import WirePage
from adapters.okr_values import days_of, policy_of
from mappings.fenced import OkrBlock, read_block
from mappings.measures import Measure
from mappings.nearest import did_you_mean
from mappings.okrs import Checkin, KeyResult, Objective, Period, Status, normal_id
from mappings.targets import Target, parse_target


@dataclass(frozen=True, slots=True)
class Pages:
    """Initiatives and projects as they were read, with which project is in which initiative."""

    initiatives: Sequence[WirePage]
    """In the workspace's own order."""
    projects: Sequence[WirePage]
    members: Mapping[str, Sequence[str]]
    """Project id -> ids of its initiatives."""


def objectives_among(initiatives: Sequence[WirePage], okrs: OkrSettings) -> tuple[list[WirePage], list[Misfit]]:
    """The initiatives that are objectives, in the workspace's order; and what the setting names that is not there."""
    if not okrs.initiatives:
        return [each for each in initiatives if read_block(each.content or "") is not None], []
    misfits, chosen = [], set()
    for name in okrs.initiatives:
        wanted = name.casefold()
        same = [it for it in initiatives if wanted in (it.name.strip().casefold(), it.id, it.slug_id.casefold())]
        if len(same) == 1:
            chosen.add(same[0].id)
            continue
        what = (
            f"{', '.join(sorted(it.slug_id for it in same))} are all called so: name one by its slug"
            if same
            else f"there is no such initiative that the token sees{did_you_mean(name, [it.name for it in initiatives])}"
        )
        misfits.append(Misfit(setting=("okrs", "initiatives"), message=f'"{name}": {what}'))
    return [each for each in initiatives if each.id in chosen], misfits


def declare(name: str, okrs: OkrSettings, pages: Pages, periods: Sequence[Period], zone: tzinfo) -> Declared:
    """The registry that the pages are; pure. No key result at all is a misfit: a blind token looks the same."""
    declaring = _Declaring(name, okrs, pages, {normal_id(period.id): period.id for period in periods}, zone)
    objectives = tuple(declaring.objectives())
    misfits = declaring.misfits
    if not misfits and not any(objective.key_results for objective in objectives):
        nothing = "finds no key result: give a project of an objective's initiative an okr block, or see docs/linear.md"
        misfits = [Misfit(setting=("okrs",), message=nothing)]
    return Declared(
        objectives=objectives,
        misfits=tuple(sorted(misfits, key=lambda it: (it.where, it.message))),
        notes=tuple(sorted(set(declaring.notes))),
        files_win=True,
    )


@dataclass
class _Declaring:
    name: str
    okrs: OkrSettings
    pages: Pages
    periods: Mapping[str, str]
    zone: tzinfo
    misfits: list[Misfit] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def objectives(self) -> Iterator[Objective]:
        chosen = [(page, self._block(page, ObjectiveBlock)) for page in self.pages.initiatives]
        ids = {page.id: self._id(page, block) for page, block in chosen}
        below: dict[str, list[tuple[WirePage, KeyResultBlock]]] = {}
        for page in sorted(self.pages.projects, key=lambda it: it.id):
            if page.trashed or (read_block(page.content or "") is None and not self.okrs.every_project):
                continue
            row = self._block(page, KeyResultBlock)
            if (above := self._above(page, row, ids)) is not None:
                below.setdefault(above, []).append((page, row))
        for page, block in chosen:
            rows = below.get(page.id, [])
            period = self._period(page, block, [kr for _, kr in rows])
            if period is None:
                continue
            found = (self._key_result(it, kr, ids[page.id], block, period) for it, kr in rows)
            yield Objective(
                id=ids[page.id],
                title=" ".join(page.name.split()),
                team=block.team or self.okrs.team or "",
                period=period,
                supports=block.supports or (ids.get(page.parent.id) if page.parent else None),
                roll_up=block.roll_up,
                key_results=tuple(sorted(found, key=lambda kr: normal_id(kr.id))),
                home=Target(self.name, "initiative", page.id),
                where=page.url,
            )

    def _above(self, page: WirePage, block: KeyResultBlock, ids: Mapping[str, str]) -> str | None:
        """The one initiative that it counts in: the one that its block names, else the first of its own."""
        own = [ident for ident in ids if ident in self.pages.members.get(page.id, ())]
        if not own:
            return None
        if block.objective is None:
            named = own
        else:
            named = [ident for ident in own if normal_id(ids[ident]) == normal_id(block.objective)]
            if not named:
                known = ", ".join(ids[ident] for ident in own)
                self._misfit(page, f"names an objective that it is not in: its initiatives are {known}")
                return None
        if len(own) > 1:
            others = ", ".join(ids[ident] for ident in own if ident != named[0])
            self.notes.append(f"{page.name} counts in {ids[named[0]]} alone; {others} it supports")
        return named[0]

    def _key_result(
        self, page: WirePage, block: KeyResultBlock, objective: str, above: ObjectiveBlock, period: str
    ) -> KeyResult:
        ident = self._id(page, block)
        if block.period is not None and self.periods.get(normal_id(block.period)) != period:
            self._misfit(page, f"names another period than its objective {objective}, which is of {period}")
        home = Target(self.name, "project", page.id)
        outcome = block.measure == "manual" or (
            block.measure is None and (block.start is not None or block.current is not None)
        )
        team = block.team or above.team or self.okrs.team or ""
        binds = [parse_target(text, ident) for text in block.binds]
        write = parse_target(block.write, ident) if block.write else None
        if write is not None and write.kind == "file":
            self._misfit(page, "a key result that lives in Linear is not written to a file")
        if write is None and self.okrs.write and page.archived_at is None:
            write = home
        policy, until = policy_of(block.policy)
        cancelled = page.canceled_at.astimezone(self.zone).date() if page.canceled_at else None
        status = Status(block.status) if block.status else Status.RETIRED if cancelled else Status.LIVE
        return KeyResult(
            id=ident,
            title=" ".join(page.name.split()),
            objective=objective,
            period=period,
            team=team,
            teams=tuple(dict.fromkeys(each for each in (team, *block.teams) if each)),
            owner=block.owner,
            commitment=block.commitment,
            measure=Measure(
                kind="manual" if outcome else "delivery", start=block.start if outcome else None, target=block.target
            ),
            unit=block.unit,
            weight=block.weight,
            binds=tuple(dict.fromkeys((home, *binds))),
            write=write,
            policy=policy,
            policy_until=until,
            aliases=tuple(block.aliases),
            checkins=self._checkins(page, block) if outcome else (),
            status=status,
            status_on=block.since or (cancelled if status is Status.RETIRED else None),
            status_reason=block.reason or ("the project was cancelled" if cancelled else ""),
            replaced_by=block.replaced_by,
            cadence_days=days_of(block.cadence),
            home=home,
            where=page.url,
        )

    def _checkins(self, page: WirePage, block: KeyResultBlock) -> tuple[Checkin, ...]:
        if block.current is None:
            return ()
        # Not the project's own date: our status updates move that.
        typed: datetime = page.document_content.updated_at if page.document_content else page.created_at
        on = block.on or typed.astimezone(self.zone).date()
        return (Checkin(on=on, value=Decimal(block.current), confidence=block.confidence, note=block.note),)

    def _period(self, page: WirePage, block: ObjectiveBlock, below: Sequence[KeyResultBlock]) -> str | None:
        """Its own, else the one that all its key results name, else the config's."""
        named = {row.period for row in below if row.period is not None}
        text = block.period or (named.pop() if len(named) == 1 else self.okrs.period)
        if not text:
            self._misfit(page, "has no period: name one in its okr block, or in [okrs] of the config")
            return None
        found = self.periods.get(normal_id(text))
        if found is None:
            self._misfit(page, f'no registry file declares the period "{text}"{did_you_mean(text, list(self.periods))}')
        return found

    def _block(self, page: WirePage, kind: type[Block]) -> Block:
        read = read_block(page.content or "") or OkrBlock()
        if read.problem:
            self._misfit(page, read.problem)
        block, problems = parse_block(kind, read.values)
        for problem in problems:
            self._misfit(page, f"its okr block: {problem}")
        return block

    def _id(self, page: WirePage, block: ObjectiveBlock | KeyResultBlock) -> str:
        if block.id is None:
            note = f"{page.name} has no id of its own: tags name it {page.slug_id} ({page.url})"
            self.notes.append(note)
        return block.id or page.slug_id

    def _misfit(self, page: WirePage, message: str) -> None:
        self.misfits.append(Misfit(where=page.url, message=f"{page.name}: {message}"))
