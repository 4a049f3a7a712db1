import type { Words } from "../../../words";

type Name = "intro" | "moved" | "oneSided" | "unreadable" | "choose" | "byHand" | "result" | "whole" | "ruleText" | "wrong" | "line"
  | "widens" | "widensWhy" | "decide" | "stillOpen" | "whatChanges" | "effect" | "restart" | "kept" | "notKept";

export const words: Words<Name> = {
  en: {
    intro: "Take each field from one side, or write below what shall stand. What only one side has changed is chosen already.",
    moved: "The common configuration has changed since you began. Look at it again, or begin anew.",
    oneSided: "One side has nothing there. What you write below shall stand instead.",
    unreadable: "Fields can be chosen again once the text below can be read.",
    choose: "choose", byHand: "by hand", result: "What shall stand", whole: "What shall stand, in JSON", ruleText: "What the rule shall say",
    wrong: "This cannot stand yet", line: "Line {0}", widens: "This lets agents do more", widensWhy: "{0}. By deciding so you approve of it.",
    decide: "Make this the common configuration", stillOpen: "Fields still to be chosen: {0}", whatChanges: "What will change",
    effect: "It becomes the common configuration, and all clients get it with their next sync, {0} too. What stood there stays in the history.",
    restart: "Begin anew", kept: "Kept in this browser until it is decided.", notKept: "Not kept until it can stand.",
  },
  ko: {
    intro: "필드마다 한쪽을 선택하거나 아래에 직접 작성하세요. 한쪽만 변경한 필드는 이미 선택되어 있습니다.",
    moved: "시작한 뒤에 공통 설정이 바뀌었습니다. 다시 확인하거나 새로 시작하세요.",
    oneSided: "한쪽에는 내용이 없습니다. 아래에 작성한 내용으로 대체됩니다.",
    unreadable: "아래 내용을 읽을 수 있게 되면 필드를 다시 선택할 수 있습니다.",
    choose: "선택 필요", byHand: "직접 작성", result: "적용할 내용", whole: "적용할 내용(JSON)", ruleText: "적용할 규칙 내용",
    wrong: "아직 적용할 수 없습니다", line: "{0}행", widens: "에이전트의 권한이 넓어집니다", widensWhy: "{0}. 이대로 결정하면 승인하는 것입니다.",
    decide: "이 내용을 공통 설정으로 적용", stillOpen: "아직 선택하지 않은 필드: {0}개", whatChanges: "변경 내용",
    effect: "이 내용이 공통 설정이 되고, {0}을(를) 포함한 모든 클라이언트가 다음 동기화 때 받습니다. 기존 내용은 기록에 남습니다.",
    restart: "새로 시작", kept: "결정할 때까지 이 브라우저에 보관됩니다.", notKept: "적용할 수 있게 될 때까지 보관되지 않습니다.",
  },
};
