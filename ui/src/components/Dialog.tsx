import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { IconButton } from "./Button";
import css from "./Dialog.module.css";

export interface DialogProps {
  title: ReactNode;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  /** For a table to write into. */
  full?: boolean;
  /** For what must be answered: no closing by a press outside. */
  urgent?: boolean;
}

export function Dialog({ title, isOpen, onClose, children, footer, wide, full, urgent }: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable={!urgent}
      className={css.scrim}
    >
      <Modal className={`${css.modal} ${full ? css.full : wide ? css.wide : ""}`}>
        <AriaDialog className={css.dialog} role={urgent ? "alertdialog" : "dialog"}>
          <header className={css.head}>
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <IconButton icon={X} label="Close" keys="escape" onPress={onClose} />
          </header>
          <div className={css.body}>{children}</div>
          {footer && <footer className={css.foot}>{footer}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
