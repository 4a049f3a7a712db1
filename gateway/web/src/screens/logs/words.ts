import type { Words } from "../../words";
import type { Line } from "./ask";
import type { Period } from "./filter";

type Name = Line["level"] | Line["type"] | Period
  | "lines" | "exports" | "filters" | "text" | "client" | "allClients" | "level" | "allLevels" | "type" | "allTypes" | "period" | "anyTime"
  | "own" | "since" | "until" | "time" | "message" | "pause" | "goOn" | "showNew" | "none" | "noneRemedy" | "noneFound" | "noneFoundRemedy"
  | "detail" | "close" | "noLine" | "element" | "toClient" | "toSession" | "payload" | "download" | "downloadAs" | "schedule" | "lookAgain"
  | "mayNot" | "noExports" | "noExportsRemedy" | "every" | "change" | "changeOf" | "remove" | "removeOf" | "removeEffect" | "noFiles" | "bytes"
  | "name" | "nameHint" | "what" | "logs" | "configurations" | "all" | "hours" | "keep" | "scheduleEffect" | "make";

export const words: Words<Name> = {
  en: {
    info: "info", warning: "warning", error: "error", changed: "changed", decision: "decision", conflict: "conflict", waiting: "waiting",
    refused: "refused", loss: "lost", problem: "problem", unchecked: "unchecked", failed: "failed",
    hour: "Last hour", day: "Last day", week: "Last week", lines: "Log", exports: "Scheduled exports", filters: "Filters",
    text: "Text", client: "Client", allClients: "All clients", level: "Level", allLevels: "All levels", type: "Type", allTypes: "All types",
    period: "Period", anyTime: "Any time", own: "From … to …", since: "From", until: "To", time: "Time", message: "Message",
    pause: "Pause", goOn: "Go on live", showNew: "Show {0} new", none: "Nothing has happened yet",
    noneRemedy: "Run “headrace clients sync” in a project: what each sync does appears here.", noneFound: "Nothing fits the filters",
    noneFoundRemedy: "Choose a longer period, or clear a filter.", detail: "The line in full", close: "Close the line",
    noLine: "This line is not here any more.", element: "About", toClient: "Client {0}", toSession: "Its sync", payload: "Payload",
    download: "Download all that fits:", downloadAs: "Download all that fits as {0}", schedule: "Schedule an export", lookAgain: "Look again",
    mayNot: "Scheduling takes the role user; you are a {0}. Ask an administrator.", noExports: "No export is scheduled",
    noExportsRemedy: "Schedule one: the server makes a file every so many hours and keeps the newest.",
    every: "{0}, every {1} {1|hour|hours}, the newest {2} {2|is|are} kept", change: "Change", changeOf: "Change the export {0}", remove: "Make it no more",
    removeOf: "Make it no more: {0}", removeEffect: "No new file is made. The {0} {0|file|files} made so far {0|stays|stay} on the server.",
    noFiles: "No file was made yet; the first is made at once.", bytes: "{0} {0|byte|bytes}", name: "Name", nameHint: "Letters, digits and . _ @ -",
    what: "What", logs: "Logs", configurations: "Configurations", all: "Logs and configurations", hours: "Every so many hours",
    keep: "How many files are kept", scheduleEffect: "The first file is made at once. Older files than the newest {0} are deleted.",
    make: "Make it every {0} {0|hour|hours}",
  },
  ko: {
    info: "정보", warning: "경고", error: "오류", changed: "변경", decision: "결정", conflict: "충돌", waiting: "확인 대기",
    refused: "거부됨", loss: "손실", problem: "문제", unchecked: "미확인", failed: "실패",
    hour: "최근 1시간", day: "최근 하루", week: "최근 일주일", lines: "로그", exports: "예약 내보내기", filters: "필터",
    text: "텍스트", client: "클라이언트", allClients: "모든 클라이언트", level: "수준", allLevels: "모든 수준", type: "유형", allTypes: "모든 유형",
    period: "기간", anyTime: "전체 기간", own: "직접 지정", since: "시작", until: "끝", time: "시각", message: "내용",
    pause: "일시 정지", goOn: "실시간 재개", showNew: "새 항목 {0}건 보기", none: "아직 기록이 없습니다",
    noneRemedy: "프로젝트에서 “headrace clients sync”를 실행하면 동기화 내용이 여기에 나타납니다.", noneFound: "필터에 맞는 항목이 없습니다",
    noneFoundRemedy: "기간을 늘리거나 필터를 지우세요.", detail: "전체 내용", close: "닫기",
    noLine: "이 항목이 더 이상 없습니다.", element: "대상", toClient: "클라이언트 {0}", toSession: "해당 동기화", payload: "페이로드",
    download: "검색 결과 전체 내려받기:", downloadAs: "검색 결과 전체 내려받기: {0}", schedule: "내보내기 예약", lookAgain: "새로 확인",
    mayNot: "예약하려면 user 역할이 필요합니다. 현재 역할은 {0}입니다. 관리자에게 문의하세요.", noExports: "예약된 내보내기가 없습니다",
    noExportsRemedy: "예약하면 서버가 정해진 시간마다 파일을 만들고 최근 파일을 보관합니다.",
    every: "{0}, {1}시간마다, 최근 {2}개 보관", change: "변경", changeOf: "내보내기 {0} 변경", remove: "예약 해제",
    removeOf: "내보내기 {0} 예약 해제", removeEffect: "새 파일을 만들지 않습니다. 만들어진 파일 {0}개는 서버에 남습니다.",
    noFiles: "아직 파일이 없습니다. 첫 파일은 바로 만들어집니다.", bytes: "{0}바이트", name: "이름", nameHint: "영문자, 숫자, . _ @ -",
    what: "대상", logs: "로그", configurations: "설정", all: "로그와 설정", hours: "간격(시간)",
    keep: "보관할 파일 수", scheduleEffect: "첫 파일은 바로 만들어집니다. 최근 {0}개보다 오래된 파일은 삭제됩니다.",
    make: "{0}시간마다 만들기",
  },
};
