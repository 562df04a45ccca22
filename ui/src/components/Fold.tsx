import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { Button, Disclosure, DisclosurePanel, Heading } from "react-aria-components";

import css from "./Fold.module.css";

export interface FoldProps {
  title: ReactNode;
  aside?: ReactNode;
  children: () => ReactNode;
  defaultOpen?: boolean;
  level?: 2 | 3 | 4;
}

/** Something that opens. Its content is made when it is first seen, so that a hundred diffs cost nothing. */
export function Fold({ title, aside, children, defaultOpen, level = 3 }: FoldProps) {
  return (
    <Disclosure className={css.fold} defaultExpanded={defaultOpen}>
      {({ isExpanded }) => (
        <>
          <Heading level={level} className={css.heading}>
            <Button slot="trigger" className={css.trigger}>
              <ChevronRight aria-hidden size={16} strokeWidth={1.5} className={css.chevron} />
              <span className={css.title}>{title}</span>
              {aside}
            </Button>
          </Heading>
          <DisclosurePanel className={css.panel}>{isExpanded && children()}</DisclosurePanel>
        </>
      )}
    </Disclosure>
  );
}
