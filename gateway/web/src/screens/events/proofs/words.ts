import type { Words } from "../../../words";

type Name =
  | "intro" | "begin" | "replay" | "audit" | "beginReplay" | "beginAudit" | "replayMeans" | "auditMeans" | "group" | "allGroups"
  | "since" | "until" | "sinceHint" | "untilHint" | "onlyAdmin" | "onlyOne" | "none" | "noneRemedy" | "list" | "askedBy" | "took" | "report"
  | "close" | "identical" | "different" | "whole" | "broken" | "brokenAt" | "checkpoint" | "events" | "derived" | "rows" | "underway"
  | "spare" | "chains" | "checkpoints" | "unsigned" | "seconds" | "what" | "was" | "now" | "openEvent" | "subject" | "place" | "data"
  | "gone" | "running" | "failed" | "kept" | "found" | "askedAt";

export const words: Words<Name> = {
  en: {
    intro: "A replay does all of the log over and compares what it comes to with what is stored. An audit checks that nobody changed the log.",
    begin: "Start", replay: "Replay", audit: "Audit", beginReplay: "Replay the log…", beginAudit: "Audit the log…",
    replayMeans: "It reads the whole archive, handles every event again in tables of its own, and compares them with yours. Nothing of yours is changed. It uses one core for as long as it takes.",
    auditMeans: "It reads the archive, and checks each link of its hash chains and each signature. Nothing is changed. It uses one core for as long as it takes.",
    group: "Which group", allGroups: "all groups", since: "From event number", until: "Up to event number",
    sinceHint: "Empty: from the beginning", untilHint: "Empty: to the end",
    onlyAdmin: "Only an administrator may start a proof. You can read what they came to.",
    onlyOne: "A proof is under way; the next one can start when it has ended.",
    none: "Nothing has been proved yet", noneRemedy: "Start a replay or an audit. What it came to stays here until the server restarts.",
    list: "Proofs, the newest first", askedBy: "asked for by {0}", took: "{0} s", report: "Report of the proof", close: "Close the report",
    identical: "The replay came to exactly what is stored.", different: "The replay came to something else than what is stored.",
    whole: "No event was changed, left out or added.", broken: "The log is not what was archived.",
    brokenAt: "At event {0}: {1}", checkpoint: "Checkpoint {0}: {1}",
    events: "Events read", derived: "Derived events compared", rows: "Rows compared", underway: "Derived events not archived yet",
    spare: "Contents that no event names", chains: "Chains", checkpoints: "Checkpoints", unsigned: "Events since the newest checkpoint",
    seconds: "Seconds", what: "What differs", was: "Stored", now: "Replayed", openEvent: "Open the event", subject: "About",
    place: "Place", data: "All of the report", gone: "It may be of another server, or long ago.", running: "It runs. What it comes to appears here.",
    failed: "It could not be carried out", kept: "The newest 20 are kept.", found: "{0} {0|difference|differences}, the first of which:", askedAt: "Started",
  },
  ko: {
    intro: "재생은 로그 전체를 다시 처리해 저장된 것과 비교합니다. 감사는 로그를 누가 바꾸지 않았는지 확인합니다.",
    begin: "시작", replay: "재생", audit: "감사", beginReplay: "로그 재생…", beginAudit: "로그 감사…",
    replayMeans: "보관 기록 전체를 읽어 모든 이벤트를 별도 테이블에서 다시 처리하고 현재 테이블과 비교합니다. 저장된 것은 바뀌지 않습니다. 끝날 때까지 코어 하나를 씁니다.",
    auditMeans: "보관 기록을 읽어 해시 체인의 모든 연결과 서명을 확인합니다. 아무것도 바뀌지 않습니다. 끝날 때까지 코어 하나를 씁니다.",
    group: "대상 그룹", allGroups: "모든 그룹", since: "시작 이벤트 번호", until: "끝 이벤트 번호",
    sinceHint: "비우면 처음부터", untilHint: "비우면 끝까지",
    onlyAdmin: "검증은 관리자만 시작할 수 있습니다. 결과는 볼 수 있습니다.",
    onlyOne: "검증이 진행 중입니다. 끝나면 다음 검증을 시작할 수 있습니다.",
    none: "아직 검증한 것이 없습니다", noneRemedy: "재생이나 감사를 시작하세요. 결과는 서버를 다시 시작할 때까지 여기에 남습니다.",
    list: "검증, 최신순", askedBy: "요청: {0}", took: "{0}초", report: "검증 결과", close: "결과 닫기",
    identical: "재생 결과가 저장된 것과 정확히 같습니다.", different: "재생 결과가 저장된 것과 다릅니다.",
    whole: "바뀌거나 빠지거나 더해진 이벤트가 없습니다.", broken: "로그가 보관된 것과 다릅니다.",
    brokenAt: "{0}번 이벤트: {1}", checkpoint: "체크포인트 {0}: {1}",
    events: "읽은 이벤트", derived: "비교한 파생 이벤트", rows: "비교한 행", underway: "아직 보관되지 않은 파생 이벤트",
    spare: "어떤 이벤트도 가리키지 않는 내용", chains: "체인", checkpoints: "체크포인트", unsigned: "최신 체크포인트 이후 이벤트",
    seconds: "초", what: "다른 점", was: "저장된 값", now: "재생한 값", openEvent: "이벤트 열기", subject: "대상",
    place: "위치", data: "결과 전체", gone: "다른 서버의 것이거나 오래된 것일 수 있습니다.", running: "진행 중입니다. 결과가 여기에 나타납니다.",
    failed: "실행하지 못했습니다", kept: "최근 20건이 남습니다.", found: "다른 점 {0}건, 앞부분은 다음과 같습니다:", askedAt: "시작",
  },
};
