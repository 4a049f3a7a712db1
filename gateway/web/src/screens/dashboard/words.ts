import type { Words } from "../../words";

type Name =
  | "dashboard" | "asOf" | "stale" | "problems" | "noProblem" | "says" | "deadLetters" | "lookAtDead" | "silentGroup" | "behindGroup"
  | "deaths" | "failedSync" | "lookAtClient" | "waiting" | "decide" | "nearFull" | "watcherTrouble" | "groups" | "group" | "state" | "lag"
  | "oldest" | "held" | "dead" | "workers" | "secondsOld" | "log" | "events" | "archived" | "entries" | "memory" | "ofMany" | "noLimit"
  | "rate" | "rateNow" | "rateText" | "syncs" | "since" | "succeeded" | "failed" | "waitingFor" | "lastRun" | "never" | "lastRuns"
  | "noRuns" | "noRunsRemedy" | "clients" | "noClients" | "noClientsRemedy" | "lastSync" | "underway" | "watchers" | "noWatchers"
  | "noWatchersRemedy" | "files" | "spool" | "lastChange" | "heard" | "timeline" | "noEvents" | "noEventsRemedy" | "allEvents" | "versions"
  | "noGroups" | "pace" | "trend" | "growing" | "shrinking" | "steady";

export const words: Words<Name> = {
  en: {
    dashboard: "Dashboard", asOf: "Data as of {0}", stale: "The server does not answer; this is what it last said.",
    problems: "What is wrong", noProblem: "Nothing is wrong.", says: "The server says: {0}",
    deadLetters: "{1} gave up {0} {0|event|events}", lookAtDead: "Look at the dead letters", silentGroup: "{0} has no worker: {1} {1|event waits|events wait} for it",
    behindGroup: "{0} is behind: {1} {1|event|events}, the oldest {2} old", deaths: "Workers of {0} ended {1} {1|time|times} with events in their hands",
    failedSync: "The last sync of {0} failed: {1}", lookAtClient: "Look at it", waiting: "{0} {0|conflict waits|conflicts wait} for a person", decide: "Decide {0|it|them}",
    nearFull: "The log is {0} % full; from 100 % on publishers must wait", watcherTrouble: "{0} watches {1}: {2}",
    groups: "Groups", group: "Group", state: "State", lag: "Behind by", oldest: "Oldest", held: "Wait for another try", dead: "Given up",
    workers: "Workers", secondsOld: "{0} s", log: "Log", events: "{0} {0|event|events}", archived: "{0} of them archived",
    entries: "Fullest stream ({0})", memory: "Memory of Redis", ofMany: "{0} of {1}", noLimit: "{0}, no limit",
    rate: "Events a second", rateNow: "{0} a second", rateText: "Events a second in the last two minutes: {0} now, {1} at most, {2} on average",
    syncs: "Syncs", since: "since {0}", succeeded: "{0} succeeded", failed: "{0} failed", waitingFor: "{0} {0|waits|wait} for a person",
    lastRun: "Last run {0}", never: "No run yet", lastRuns: "What happened last in syncs", noRuns: "No sync has run yet",
    noRunsRemedy: "Run headrace clients sync in a project whose configurations are to agree.", clients: "Clients", noClients: "No client takes part yet",
    noClientsRemedy: "Add one under Clients, or run headrace clients sync in a project.", lastSync: "Last sync {0}", underway: "asked for",
    watchers: "Watchers", noWatchers: "No watcher was heard of in the last minute",
    noWatchersRemedy: "Start one where the files are: headrace watch FOLDER.", files: "{0} {0|file|files}", spool: "{0} {0|change|changes} not sent yet",
    lastChange: "Last change {0}", heard: "Heard {0}", timeline: "What happens", noEvents: "Nothing has happened yet",
    noEventsRemedy: "Save a watched file, or upload one: headrace upload FILE. It appears here at once.", allEvents: "Look through the log",
    versions: "Headrace {0} · Redis {1} · PostgreSQL {2}", noGroups: "No group is at work. Start one: headrace work.",
    pace: "Rate", trend: "Trend", growing: "growing", shrinking: "shrinking", steady: "steady",
  },
  ko: {
    dashboard: "대시보드", asOf: "{0} 기준 데이터", stale: "서버가 응답하지 않습니다. 마지막으로 받은 내용입니다.",
    problems: "문제", noProblem: "문제가 없습니다.", says: "서버 메시지: {0}",
    deadLetters: "{1} 그룹이 이벤트 {0}건의 처리를 포기했습니다", lookAtDead: "실패 보관함 보기",
    silentGroup: "{0} 그룹에 워커가 없어 이벤트 {1}건이 기다립니다", behindGroup: "{0} 그룹 지연: {1}건, 가장 오래된 것은 {2} 전",
    deaths: "{0} 그룹의 워커가 처리 중에 {1}번 종료되었습니다", failedSync: "{0}의 마지막 동기화 실패: {1}", lookAtClient: "확인하기",
    waiting: "충돌 {0}건이 결정을 기다립니다", decide: "결정하기", nearFull: "로그가 {0}% 찼습니다. 100%부터는 발행이 대기합니다",
    watcherTrouble: "{0}의 {1} 감시: {2}", groups: "그룹", group: "그룹", state: "상태", lag: "밀린 수", oldest: "가장 오래된 것",
    held: "재시도 대기", dead: "처리 포기", workers: "워커", secondsOld: "{0}초", log: "로그", events: "이벤트 {0}건",
    archived: "그중 {0}건 보관됨", entries: "가장 찬 스트림 ({0})", memory: "Redis 메모리", ofMany: "{1} 중 {0}", noLimit: "{0}, 제한 없음",
    rate: "초당 이벤트", rateNow: "초당 {0}건", rateText: "최근 2분의 초당 이벤트: 현재 {0}건, 최대 {1}건, 평균 {2}건",
    syncs: "동기화", since: "{0} 이후", succeeded: "성공 {0}건", failed: "실패 {0}건", waitingFor: "결정 대기 {0}건",
    lastRun: "마지막 실행 {0}", never: "아직 실행 없음", lastRuns: "최근 동기화 기록", noRuns: "아직 동기화를 실행하지 않았습니다",
    noRunsRemedy: "설정을 맞출 프로젝트에서 headrace clients sync를 실행하세요.", clients: "클라이언트", noClients: "참여한 클라이언트가 없습니다",
    noClientsRemedy: "클라이언트 화면에서 추가하거나 프로젝트에서 headrace clients sync를 실행하세요.", lastSync: "마지막 동기화 {0}", underway: "요청됨",
    watchers: "감시자", noWatchers: "최근 1분 동안 소식이 있는 감시자가 없습니다",
    noWatchersRemedy: "파일이 있는 곳에서 시작하세요: headrace watch FOLDER.", files: "파일 {0}개", spool: "아직 보내지 못한 변경 {0}건",
    lastChange: "마지막 변경 {0}", heard: "{0} 소식", timeline: "일어나는 일", noEvents: "아직 아무 일도 없습니다",
    noEventsRemedy: "감시 중인 파일을 저장하거나 업로드하세요: headrace upload FILE. 바로 여기에 나타납니다.", allEvents: "로그 살펴보기",
    versions: "Headrace {0} · Redis {1} · PostgreSQL {2}", noGroups: "일하는 그룹이 없습니다. 시작하세요: headrace work.",
    pace: "처리 속도", trend: "추세", growing: "늘어남", shrinking: "줄어듦", steady: "그대로",
  },
};
