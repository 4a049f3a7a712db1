/** What went wrong, the reason first, and what to do about it. */

import { Alert, Button, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

import { Failure } from "../api/client";
import { useWords } from "../words";
import { words } from "./words";

export function Wrong({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const say = useWords(words);
  const isUnanswered = error instanceof Failure && error.status === 0;
  const title = isUnanswered ? say("noAnswer") : error.message || say("wrong");
  const remedy = isUnanswered ? say("noAnswerRemedy") : error instanceof Failure ? error.remedy : "";
  return (
    <Alert color="red" variant="outline" icon={<IconAlertTriangle aria-hidden />} title={title} role="alert">
      {remedy && <Text size="sm">{remedy}</Text>}
      {onRetry && (
        <Button variant="default" size="xs" mt="xs" onClick={onRetry}>
          {say("retry")}
        </Button>
      )}
    </Alert>
  );
}
