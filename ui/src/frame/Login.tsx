import { useState } from "react";
import { Form } from "react-aria-components";

import { Button } from "../components/Button";
import { Field } from "../components/Field";
import { Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { PageHeading } from "../components/Page";
import { problemOf, type Problem } from "../engine/problem";
import type { SessionDoor } from "../platform/types";
import css from "./Login.module.css";

/** The way in at a server. */
export function Login({ session }: { session: SessionDoor }) {
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const login = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await session.login(password);
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return (
    <main className={css.login}>
      <Form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          void login();
        }}
      >
        <Stack>
          <div className={css.brand}>
            <img src="/mark.svg" alt="" width={32} height={32} />
            <PageHeading title="Log in to Longshore" />
          </div>
          <Field
            label="Password"
            type="password"
            value={password}
            onChange={setPassword}
            autoComplete="current-password"
            help={`The password this server was set up with (${location.host}).`}
          />
          {problem && <ProblemNotice problem={problem} />}
          <Button type="submit" kind="main" isDisabled={password === "" || busy}>
            {busy ? "Logging in…" : "Log in"}
          </Button>
        </Stack>
      </Form>
    </main>
  );
}
