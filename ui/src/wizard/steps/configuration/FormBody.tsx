import { Filter } from "lucide-react";
import type { ReactNode, RefObject } from "react";

import { Button } from "../../../components/Button";
import { Empty } from "../../../components/Empty";
import { count } from "../../../components/format";
import { Stack } from "../../../components/Layout";
import css from "./Configuration.module.css";
import type { Errors } from "./errors";
import { FormDoor, type Door } from "./form";
import { Group } from "./Group";
import { GroupList } from "./GroupList";
import type { Seen } from "./keeper";
import { itemCount } from "./narrow";
import type { Narrowing } from "./narrowing";
import { StayPut } from "./StayPut";

interface Props {
  seen: Seen;
  errors: Errors;
  narrowing: Narrowing;
  door: Door;
  tried: boolean;
  editable: boolean;
  current: string | null;
  page: RefObject<HTMLDivElement | null>;
  intro: ReactNode;
}

/** Left the groups, right their items, each scrolling by itself. */
export function FormBody({ seen, errors, narrowing, door, tried, editable, current, page, intro }: Props) {
  const groups = narrowing.shown?.groups ?? [];
  return (
    <FormDoor value={door}>
      <div className={css.page} ref={page}>
        {seen.view.groups.length > 1 && <GroupList groups={groups} counts={errors.groups} loud={tried} current={current} />}
        <div className={css.form}>
          <StayPut>
            <Stack gap="l">
              {intro}
              {groups.map((group) => (
                <Group key={group.name} group={group} stored={seen.stored} errors={errors.items} tried={tried} editable={editable} />
              ))}
              {groups.length === 0 && seen.view.groups.length > 0 && <NothingLeft narrowing={narrowing} all={itemCount(seen.view)} />}
            </Stack>
          </StayPut>
        </div>
      </div>
    </FormDoor>
  );
}

function NothingLeft({ narrowing, all }: { narrowing: Narrowing; all: number }) {
  const { search, onlyChanged, clear } = narrowing;
  const among = onlyChanged ? " among what was changed" : "";
  const title = search ? `No item${among} matches “${search}”` : "No item differs from its default";
  const actions = <Button onPress={clear}>Show all {count(all, "item")}</Button>;
  return (
    <Empty icon={Filter} title={title} actions={actions}>
      {search ? "Titles, names, help and groups are searched." : "Nothing was set here, typed or touched by the release."}
    </Empty>
  );
}
