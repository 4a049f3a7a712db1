import type { Words } from "../../../words";

type Name =
  | "intro" | "group" | "kind" | "project" | "subject" | "error" | "state" | "all" | "none" | "noneRemedy" | "noMatch" | "list" | "clear"
  | "filters" | "errorHint" | "patternHint" | "onlyAdmin" | "retryAll" | "discardAll" | "retryOne" | "discardOne" | "counting" | "matching"
  | "nothingWaits" | "retryMeans" | "discardMeans" | "whyDiscard" | "retryN" | "discardN" | "retryIt" | "discardIt" | "deciding" | "close" | "attempts" | "buriedAt"
  | "decidedBy" | "traceback" | "event" | "history" | "sequence" | "openEvent" | "letter" | "refused" | "filteredBy" | "everything"
  | "since" | "byGroup" | "more";

export const words: Words<Name> = {
  en: {
    intro: "What a group could not do, after all its attempts. Each waits here until a person has it tried again or discards it.",
    group: "Group", kind: "Type", project: "Project", subject: "Subject", error: "Error", state: "State", all: "all",
    none: "No event was given up", noneRemedy: "An event that a group cannot handle, after all its attempts, appears here with its error.",
    noMatch: "No dead letter matches", list: "Dead letters, the newest event first", clear: "Clear the filters", filters: "Filters",
    errorHint: "A part of the error", patternHint: "Exact, or with * for anything",
    onlyAdmin: "Only an administrator may retry or discard dead letters. You can look at them.",
    retryAll: "Retry what matches…", discardAll: "Discard what matches…", retryOne: "Retry this event…", discardOne: "Discard this event…",
    counting: "Counting…", matching: "This is about {0} dead {0|letter|letters}.", nothingWaits: "Nothing that matches waits for a decision any more.",
    retryMeans: "The group handles each event again. What fails again comes back here; files and versions change as if it had worked the first time.",
    discardMeans: "The events are given up for good: no group handles them any more. They stay in the archive and in this list.",
    whyDiscard: "Why it is right to give them up", retryN: "Retry {0} {0|event|events}", discardN: "Discard {0} {0|event|events}", retryIt: "Retry the event", discardIt: "Discard the event",
    deciding: "{0} of {1} decided", close: "Close the letter", attempts: "{0} {0|attempt|attempts}", buriedAt: "Given up",
    decidedBy: "by {0}", traceback: "Traceback", event: "Event", history: "What became of it",
    sequence: "Number", openEvent: "Cause and consequences of the event", letter: "Dead letter", refused: "Not decided: {0}",
    filteredBy: "Those with {0}", everything: "All dead letters that wait, whatever they are about", since: "Given up since",
    byGroup: "given up by {0}", more: "Show more",
  },
  ko: {
    intro: "그룹이 정해진 횟수만큼 시도했지만 처리하지 못한 이벤트입니다. 사람이 다시 시도시키거나 폐기할 때까지 여기에서 기다립니다.",
    group: "그룹", kind: "종류", project: "프로젝트", subject: "대상", error: "오류", state: "상태", all: "전체",
    none: "처리를 포기한 이벤트가 없습니다", noneRemedy: "그룹이 모든 시도 뒤에도 처리하지 못한 이벤트가 오류와 함께 여기에 나타납니다.",
    noMatch: "일치하는 항목이 없습니다", list: "실패 보관함, 최신 이벤트순", clear: "필터 지우기", filters: "필터",
    errorHint: "오류의 일부", patternHint: "정확히 입력하거나 *로 대신합니다",
    onlyAdmin: "다시 시도와 폐기는 관리자만 할 수 있습니다. 내용은 볼 수 있습니다.",
    retryAll: "일치하는 항목 다시 시도…", discardAll: "일치하는 항목 폐기…", retryOne: "이 이벤트 다시 시도…", discardOne: "이 이벤트 폐기…",
    counting: "세는 중…", matching: "{0}건이 대상입니다.", nothingWaits: "결정을 기다리는 항목이 더 이상 없습니다.",
    retryMeans: "그룹이 각 이벤트를 다시 처리합니다. 또 실패하면 여기로 돌아오고, 성공하면 처음부터 처리된 것처럼 파일과 버전이 바뀝니다.",
    discardMeans: "이벤트를 완전히 포기합니다. 어떤 그룹도 더 이상 처리하지 않으며, 보관 기록과 이 목록에는 남습니다.",
    whyDiscard: "포기해도 되는 이유", retryN: "이벤트 {0}건 다시 시도", discardN: "이벤트 {0}건 폐기", retryIt: "이벤트 다시 시도", discardIt: "이벤트 폐기",
    deciding: "{1}건 중 {0}건 결정됨", close: "항목 닫기", attempts: "{0}회 시도", buriedAt: "포기한 시각",
    decidedBy: "결정: {0}", traceback: "오류 위치", event: "이벤트", history: "처리 이력",
    sequence: "번호", openEvent: "이벤트의 원인과 결과", letter: "실패 항목", refused: "결정되지 않음: {0}",
    filteredBy: "조건: {0}", everything: "대상과 관계없이 기다리는 모든 항목", since: "포기한 시각 이후",
    byGroup: "{0} 그룹이 포기", more: "더 보기",
  },
};
