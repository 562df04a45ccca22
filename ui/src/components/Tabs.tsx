import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, TabPanels, Tabs as AriaTabs } from "react-aria-components";

import css from "./Tabs.module.css";

export interface TabSpec {
  id: string;
  title: string;
  count?: number;
  content: () => ReactNode;
}

export interface TabsProps {
  label: string;
  tabs: TabSpec[];
  selected: string;
  onSelect: (id: string) => void;
  /** Takes the height that is left on a full page, and scrolls inside. */
  fill?: boolean;
}

export function Tabs({ label, tabs, selected, onSelect, fill }: TabsProps) {
  return (
    <AriaTabs selectedKey={selected} onSelectionChange={(key) => onSelect(String(key))} className={`${css.tabs} ${fill ? css.fill : ""}`}>
      <TabList aria-label={label} className={css.list}>
        {tabs.map((tab) => (
          <Tab key={tab.id} id={tab.id} className={css.tab}>
            {tab.title}
            {tab.count !== undefined && <span className={css.count}>{tab.count}</span>}
          </Tab>
        ))}
      </TabList>
      <TabPanels className={fill ? css.panels : undefined}>
        {tabs.map((tab) => (
          <TabPanel key={tab.id} id={tab.id} className={css.panel}>
            {tab.content()}
          </TabPanel>
        ))}
      </TabPanels>
    </AriaTabs>
  );
}
