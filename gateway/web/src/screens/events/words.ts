import type { Words } from "../../words";

type Name =
  | "events" | "log" | "dead" | "proofs" | "replays" | "parts" | "type" | "subject" | "project" | "actor" | "text" | "since" | "until" | "patternHint" | "textHint"
  | "filters" | "clear" | "pause" | "resume" | "resumeNew" | "showNew" | "seek" | "seekHint" | "seekTime" | "go" | "noSuch" | "noNumber" | "goLive"
  | "shownFrom" | "newer" | "list" | "loaded" | "further" | "isBeginning" | "none" | "noneRemedy" | "noMatch" | "noMatchYet" | "noMatchRemedy" | "widen"
  | "download" | "downloading" | "downloaded" | "stop" | "close" | "payload" | "trace" | "story" | "sequence" | "id" | "at" | "by"
  | "ledHere" | "began" | "alone" | "after" | "thisOne" | "sameFile" | "copyEvent" | "noArchive" | "noStory" | "version" | "active"
  | "wrote" | "removed" | "activated" | "decided" | "retried" | "discarded" | "did" | "policy" | "conflict" | "settled"
  | "mine" | "theirs" | "decision" | "details" | "over";

export const words: Words<Name> = {
  en: {
    events: "Events", log: "Log", dead: "Dead letters", proofs: "Proofs", replays: "Replays", parts: "Parts of this section",
    type: "Type", subject: "Subject", project: "Project", actor: "Actor", text: "Text",
    patternHint: "Exact, or with * for anything", textHint: "Anywhere in the event", since: "From", until: "Before", filters: "Filters", clear: "Clear the filters",
    pause: "Pause", resume: "Resume", resumeNew: "Resume ({0} new)", showNew: "{0} new: show them", seek: "Go to an event",
    seekHint: "Its id or its number", seekTime: "Go to a time", go: "Go there",
    noSuch: "There is no event at or after that time. Choose an earlier one.", goLive: "Back to what happens now",
    noNumber: "There is no event with that number or a later one.",
    shownFrom: "Shown from event {0} back. What happens now is not shown.", newer: "Show newer events", list: "Events, the newest first",
    loaded: "{0} shown of {1} loaded, back to event {2}.", further: "Look further back", isBeginning: "This is where the log begins.",
    none: "Nothing has happened yet", noneRemedy: "Save a file that is watched, or upload one: headrace upload FILE. It appears here at once.",
    noMatch: "Nothing matches", noMatchYet: "Nothing matches back to event {0}",
    noMatchRemedy: "Types, subjects and actors must be exact, or hold *. The text is looked for as it is written.",
    widen: "Look for {0}", download: "Download as JSONL", downloading: "{0} {0|event|events} found, read up to {1} of {2}",
    downloaded: "{0} {0|event|events} downloaded", stop: "Cancel the download", close: "Close the event", payload: "Content",
    trace: "Cause and consequences", story: "Story of the file", sequence: "Number", id: "Id", at: "Time", by: "Source",
    ledHere: "What led here, and what followed", began: "the beginning", alone: "It led to nothing else.", after: "{0} s after the beginning",
    thisOne: "this event", sameFile: "All events of this subject", copyEvent: "Copy the event",
    noArchive: "The archive is usually a moment behind the log. Try again.", noStory: "Nothing is told of this subject.",
    version: "version {0}", active: "made active", wrote: "wrote it", removed: "removed it", activated: "made an older version active",
    decided: "decided a conflict", retried: "had it retried", discarded: "discarded it", did: "did something", policy: "by the rule {0}",
    conflict: "conflict", settled: "settled", mine: "theirs {0}", theirs: "active {0}", decision: "decision: {0}",
    details: "Event {0}", over: "in the place of {0}",
  },
  ko: {
    events: "이벤트", log: "로그", dead: "실패 보관함", proofs: "검증", replays: "재생", parts: "이 화면의 구성",
    type: "종류", subject: "대상", project: "프로젝트", actor: "작업자", text: "텍스트",
    patternHint: "정확히 입력하거나 *로 대신합니다", textHint: "이벤트 전체에서 찾습니다", since: "시작", until: "끝(이전)", filters: "필터", clear: "필터 지우기",
    pause: "일시정지", resume: "계속", resumeNew: "계속 (새 이벤트 {0}건)", showNew: "새 이벤트 {0}건 보기", seek: "이벤트로 이동",
    seekHint: "ID 또는 번호", seekTime: "시각으로 이동", go: "이동",
    noSuch: "그 시각 이후의 이벤트가 없습니다. 더 이른 시각을 고르세요.", goLive: "지금 일어나는 일로 돌아가기",
    noNumber: "그 번호나 그 뒤의 이벤트가 없습니다.",
    shownFrom: "{0}번 이벤트부터 이전 기록을 보고 있습니다. 지금 일어나는 일은 보이지 않습니다.", newer: "더 새로운 이벤트 보기",
    list: "이벤트, 최신순", loaded: "불러온 {1}건 중 {0}건 표시, {2}번 이벤트까지.", further: "더 이전에서 찾기", isBeginning: "로그의 처음입니다.",
    none: "아직 아무 일도 없습니다", noneRemedy: "감시 중인 파일을 저장하거나 업로드하세요: headrace upload FILE. 바로 여기에 나타납니다.",
    noMatch: "일치하는 이벤트가 없습니다", noMatchYet: "{0}번 이벤트까지 일치하는 것이 없습니다",
    noMatchRemedy: "종류, 대상, 작업자는 정확히 입력하거나 *를 쓰세요. 텍스트는 쓴 그대로 찾습니다.",
    widen: "{0}(으)로 찾기", download: "JSONL로 내려받기", downloading: "{0}건 찾음, {2}번 중 {1}번까지 읽음",
    downloaded: "이벤트 {0}건을 내려받았습니다", stop: "내려받기 취소", close: "이벤트 닫기", payload: "내용",
    trace: "원인과 결과", story: "파일의 이력", sequence: "번호", id: "ID", at: "시각", by: "출처",
    ledHere: "여기까지의 원인과 그 뒤의 결과", began: "시작", alone: "뒤따른 이벤트가 없습니다.", after: "시작 후 {0}초",
    thisOne: "이 이벤트", sameFile: "이 대상의 모든 이벤트", copyEvent: "이벤트 복사",
    noArchive: "보관은 보통 로그보다 잠깐 늦습니다. 다시 시도하세요.", noStory: "이 대상에 대한 이력이 없습니다.",
    version: "버전 {0}", active: "활성화됨", wrote: "작성", removed: "삭제", activated: "이전 버전을 활성화",
    decided: "충돌을 결정", retried: "다시 시도시킴", discarded: "폐기", did: "작업", policy: "적용 규칙: {0}",
    conflict: "충돌", settled: "해결됨", mine: "상대 {0}", theirs: "활성 {0}", decision: "결정: {0}",
    details: "{0}번 이벤트", over: "{0} 대체",
  },
};
