/** What went wrong, the reason first, and what to do about it. */

import { Alert, Button, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

import { Failure } from "../api/client";
import { useWords } from "../words";
import { words } from "./words";

export function Wrong({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const say = useWords(words);
  return (
    <Alert color="red" variant="outline" icon={<IconAlertTriangle aria-hidden />} title={error.message || say("wrong")} role="alert">
      {error instanceof Failure && error.remedy && <Text size="sm">{error.remedy}</Text>}
      {onRetry && (
        <Button variant="default" size="xs" mt="xs" onClick={onRetry}>
          {say("retry")}
        </Button>
      )}
    </Alert>
  );
}
