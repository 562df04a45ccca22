import { Package } from "lucide-react";

import css from "./AppIcon.module.css";

/** A vendor's icon. Only data that came with the bundle is shown; nothing is fetched. */
export function AppIcon({ icon, size = 20 }: { icon: string; size?: 20 | 32 | 48 }) {
  if (icon.startsWith("data:image/")) {
    return <img src={icon} alt="" width={size} height={size} className={css.icon} />;
  }
  return <Package aria-hidden size={size} strokeWidth={1.25} className={css.none} />;
}
