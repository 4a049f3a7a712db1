import type { Words } from "../../../words";

type Name =
  | "title" | "action" | "means" | "rate" | "subject" | "subjectHint" | "since" | "until" | "count" | "nothing" | "first" | "last" | "into"
  | "passedOver" | "intro" | "range" | "onlyAdmin" | "none" | "noneRemedy" | "list" | "published" | "askedBy" | "cancel" | "waits" | "cameTo"
  | "replayThis" | "replayFrom" | "select" | "endSelect" | "chosen" | "choose" | "selected";

export const words: Words<Name> = {
  en: {
    title: "Replay events", action: "Replay {0} {0|event|events}", rate: "Events a second", subject: "Subject",
    means: "What was once asked for is asked for again, by you and now. It is judged as everything else, and what followed from it follows anew. The new events bear a mark and name the old ones.",
    subjectHint: "Exact, or with * for anything; empty: all", since: "From", until: "Up to",
    count: "{0} {0|event|events} of {1} {1|document|documents}, in about {2} s", nothing: "Nothing here can be replayed.",
    first: "First", last: "Last", into: "Into the topic {0}: {1}", passedOver: "Not replayed, as it follows anew or was decided",
    intro: "A replay publishes events of the past again. To compare the whole log with what is stored, without a change, see Proofs.",
    range: "Replay a range…", onlyAdmin: "Only an administrator of the project may replay. You can read what was replayed.",
    none: "Nothing has been replayed yet", noneRemedy: "Open an event, select some in the log, or begin with a range. What was replayed stays here until the server restarts.",
    list: "Replays, the newest first", published: "{0} of {1} {1|event|events} published", askedBy: "asked for by {0}", cancel: "End it here",
    waits: "It waits: {0}", cameTo: "What they came to", replayThis: "Replay this event…", replayFrom: "Replayed from", select: "Select to replay",
    endSelect: "End the selection", chosen: "Replay {0} selected…", choose: "Select event {0}", selected: "{0} selected",
  },
  ko: {
    title: "이벤트 재생", action: "이벤트 {0}건 재생", rate: "초당 이벤트 수", subject: "대상",
    means: "과거의 요청을 지금, 본인의 이름으로 다시 요청합니다. 다른 요청과 똑같이 판정되고, 뒤따르는 일도 새로 일어납니다. 새 이벤트에는 표시가 붙고 원래 이벤트를 가리킵니다.",
    subjectHint: "정확히 입력하거나 *로 대신합니다. 비우면 전체", since: "시작 시각", until: "끝 시각",
    count: "문서 {1}개의 이벤트 {0}건, 약 {2}초", nothing: "재생할 수 있는 이벤트가 없습니다.",
    first: "처음", last: "마지막", into: "토픽 {0}(으)로: {1}건", passedOver: "다시 뒤따르거나 이미 결정되어 재생하지 않음",
    intro: "재생은 과거의 이벤트를 다시 발행합니다. 아무것도 바꾸지 않고 로그 전체를 저장된 상태와 비교하려면 검증을 보세요.",
    range: "범위 재생…", onlyAdmin: "프로젝트 관리자만 재생할 수 있습니다. 재생된 내용은 볼 수 있습니다.",
    none: "아직 재생한 것이 없습니다", noneRemedy: "이벤트를 열거나, 로그에서 선택하거나, 범위를 정해 시작하세요. 재생한 내용은 서버를 다시 시작할 때까지 남습니다.",
    list: "재생, 최신순", published: "{1}건 중 {0}건 발행됨", askedBy: "요청: {0}", cancel: "여기서 끝내기",
    waits: "대기 중: {0}", cameTo: "결과", replayThis: "이 이벤트 재생…", replayFrom: "원래 이벤트", select: "재생할 이벤트 선택",
    endSelect: "선택 끝내기", chosen: "선택한 {0}건 재생…", choose: "{0}번 이벤트 선택", selected: "{0}건 선택됨",
  },
};
