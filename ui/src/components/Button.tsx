import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton, Tooltip, TooltipTrigger, type ButtonProps as AriaButtonProps } from "react-aria-components";

import css from "./Button.module.css";
import { Kbd } from "./Kbd";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children"> {
  kind?: "main" | "plain" | "quiet" | "danger";
  icon?: LucideIcon;
  children?: ReactNode;
}

export function Button({ kind = "plain", icon: Icon, children, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={`${css.button} ${css[kind]}`}>
      {Icon && <Icon aria-hidden size={16} strokeWidth={1.5} />}
      {children}
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children" | "aria-label"> {
  icon: LucideIcon;
  /** Its name, shown as a tooltip. */
  label: string;
  keys?: string;
}

export function IconButton({ icon: Icon, label, keys, ...rest }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton {...rest} aria-label={label} className={`${css.button} ${css.quiet} ${css.square}`}>
        <Icon aria-hidden size={16} strokeWidth={1.5} />
      </AriaButton>
      <Tooltip className={css.tooltip} offset={6}>
        {label} {keys && <Kbd keys={keys} />}
      </Tooltip>
    </TooltipTrigger>
  );
}
