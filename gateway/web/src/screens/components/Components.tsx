/** The components: a tree of them all, and one with its versions. */

import { Box, Flex, Group, Title } from "@mantine/core";
import { Navigate, useLocation, useMatch } from "react-router";

import { useMay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { useWords } from "../../words";
import { Component } from "./Component";
import { Scan } from "./Scan";
import { Tree } from "./Tree";
import { words } from "./words";

export default function Components() {
  const say = useWords(words);
  const mayWrite = useMay("user");
  const found = useMatch("/components/:category/:file")?.params;
  const path = found ? `${found.category}/${found.file}` : null;
  const address = useLocation();
  /** As the API takes it, somebody may type it. */
  if (path && !path.endsWith(".py")) return <Navigate replace to={{ ...address, pathname: `${address.pathname}.py` }} />;
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{say("title")}</Title>
        {mayWrite && <Scan />}
      </Group>
      <Flex gap="lg" align="flex-start">
        <Box w={{ base: "100%", md: 320 }} flex="none" {...(path ? { visibleFrom: "md" } : {})}>
          <Tree picked={path} />
        </Box>
        <Box flex={1} miw={0} {...(path ? {} : { visibleFrom: "md" })}>
          {path ? <Component key={path} path={path} /> : <Empty title={say("pick")} remedy={say("pickRemedy")} />}
        </Box>
      </Flex>
    </>
  );
}
