/** What experiments used: a list of them, one of them, or two beside each other. */

import { Title } from "@mantine/core";
import { Route, Routes, useParams } from "react-router";

import { useWords } from "../../words";
import { Compared } from "./Compared";
import { Experiment } from "./Experiment";
import { ExperimentList } from "./ExperimentList";
import { words } from "./words";

export default function Experiments() {
  const say = useWords(words);
  return (
    <>
      <Title order={2} mb="sm">
        {say("title")}
      </Title>
      <Routes>
        <Route index element={<ExperimentList />} />
        <Route path=":uid" element={<One />} />
        <Route path=":uid/diff/:other" element={<Two />} />
      </Routes>
    </>
  );
}

function One() {
  const { uid = "" } = useParams();
  return <Experiment key={uid} uid={uid} />;
}

function Two() {
  const { uid = "", other = "" } = useParams();
  return <Compared uid={uid} other={other} />;
}
