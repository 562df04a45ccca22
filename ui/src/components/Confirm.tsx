import { useState, type ReactNode } from "react";
import { Form } from "react-aria-components";

import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field } from "./Field";
import { Row, Stack } from "./Layout";

export interface ConfirmProps {
  title: string;
  /** What will happen, and what cannot be undone. */
  children: ReactNode;
  /** The button's verb. */
  verb: string;
  /** Must be typed, for what cannot be undone. */
  type?: { label: string; text: string };
  /** Asks for a reason, which is recorded. */
  why?: string;
  busy?: boolean;
  problem?: ReactNode;
  onConfirm: (why: string) => void;
  onClose: () => void;
}

/** Asks once more: with the name of what it is about typed, or with the reason that is recorded. */
export function Confirm({ title, children, verb, type, why, busy, problem, onConfirm, onClose }: ConfirmProps) {
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const ready = (!type || typed === type.text) && (!why || reason.trim() !== "") && !busy;
  return (
    <Dialog title={title} isOpen onClose={onClose} urgent>
      <Form
        id="confirm"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onConfirm(reason.trim());
        }}
      >
        <Stack>
          <div>{children}</div>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the dialog exists for this field */}
          {type && <Field label={type.label} value={typed} onChange={setTyped} autoFocus mono />}
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the dialog exists for this field */}
          {why && <Field label={why} value={reason} onChange={setReason} rows={3} autoFocus help="Recorded with your name." />}
          {problem}
          <Row end>
            <Button onPress={onClose}>Keep as it is</Button>
            <Button type="submit" kind="danger" isDisabled={!ready}>
              {verb}
            </Button>
          </Row>
        </Stack>
      </Form>
    </Dialog>
  );
}
