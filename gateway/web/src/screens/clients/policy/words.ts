import type { Words } from "../../../words";
import type { Scope, Strategy } from "../ask";
import type { Winner } from "./settle";

type Name = "title" | "back" | "rules" | "mayNot" | "strategy" | "strategyOf" | "priorities" | "prioritiesOf" | "onlyFor" | "usual"
  | "servers" | "rulesKind" | "save" | "discard" | "whatChanges" | "saved" | "draft" | "preview" | "previewNone" | "previewEmpty"
  | "previewSome" | "addPriority" | "removePriority" | "chooseClient" | Scope | Strategy | Winner;

export const words: Words<Name> = {
  en: {
    title: "Policy: {0}", back: "All clients", project: "projects", user: "home folders",
    rules: "Of two changes of the same thing, the one of the client with the higher priority wins; among equals, the strategy decides. Of permissions the strictest wins, always, and what lets agents do more waits for a person, whatever is said here.",
    mayNot: "Changing the policy takes the role user; you are a {0}. Ask an administrator.",
    strategy: "Among equal priorities", strategyOf: "Among equal priorities, for {0}", priorities: "Priorities",
    prioritiesOf: "Priorities for {0}", onlyFor: "Only for {0}", usual: "As for all others", servers: "servers", rulesKind: "rules",
    "last-write-wins": "The later change wins", "central-authoritative": "The common configuration wins", "manual-review": "A person decides",
    save: "Save the policy for {0}", discard: "Discard the changes", whatChanges: "What will change", saved: "Saved", draft: "Not saved yet",
    preview: "What would be decided differently", previewNone: "Of the {0} present {0|conflict|conflicts}, none.",
    previewEmpty: "No conflict is waiting, so nothing at present.",
    previewSome: "{0} of the {1} present {1|conflict|conflicts}, with the next sync of each machine:",
    addPriority: "Give a client a priority", removePriority: "Remove the priority of {0}", chooseClient: "Choose a client",
    person: "a person decides", server: "the common configuration stays", client: "the version of {0} is taken",
  },
  ko: {
    title: "정책: {0}", back: "모든 클라이언트", project: "프로젝트", user: "홈 폴더",
    rules: "같은 항목을 둘이 변경하면 우선순위가 높은 클라이언트의 변경이 이기고, 같으면 전략에 따라 정해집니다. 권한은 항상 가장 엄격한 것이 이기며, 에이전트가 더 많은 일을 할 수 있게 하는 변경은 이 설정과 무관하게 사람의 결정을 기다립니다.",
    mayNot: "정책을 바꾸려면 user 역할이 필요합니다. 현재 역할은 {0}입니다. 관리자에게 문의하세요.",
    strategy: "우선순위가 같을 때", strategyOf: "우선순위가 같을 때: {0}", priorities: "우선순위",
    prioritiesOf: "우선순위: {0}", onlyFor: "{0}에만 적용", usual: "나머지와 같게", servers: "서버", rulesKind: "규칙",
    "last-write-wins": "나중 변경이 이김", "central-authoritative": "공통 설정이 이김", "manual-review": "사람이 결정",
    save: "{0} 정책 저장", discard: "변경 취소", whatChanges: "변경 내용", saved: "저장된 정책", draft: "저장 전",
    preview: "결정이 달라지는 충돌", previewNone: "현재 충돌 {0}건 중 달라지는 것이 없습니다.",
    previewEmpty: "대기 중인 충돌이 없어 지금 달라지는 것은 없습니다.",
    previewSome: "현재 충돌 {1}건 중 {0}건이 각 머신의 다음 동기화 때 달라집니다:",
    addPriority: "클라이언트에 우선순위 지정", removePriority: "{0}의 우선순위 삭제", chooseClient: "클라이언트 선택",
    person: "사람이 결정", server: "공통 설정 유지", client: "{0}의 버전 반영",
  },
};
