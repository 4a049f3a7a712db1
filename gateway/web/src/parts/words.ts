import type { Words } from "../words";

type Name = "wrong" | "noAnswer" | "noAnswerRemedy" | "showPassword" | "allLines" | "retry" | "loading" | "cancel" | "close" | "copy" | "copied" | "unchanged" | "same" | "reason" | "reasonHint"
  | StateName;

/** What something can be. The same word for the same thing on every page. */
export type StateName =
  | "active" | "pending" | "running" | "success" | "failed" | "accepted" | "unchangedState" | "rejected" | "buried" | "retried"
  | "discarded" | "upload" | "download" | "skip" | "merge" | "superseded"
  | "healthy" | "behind" | "silent" | "holds" | "broken" | "off"
  | "done" | "cancelled" | "replayed";

export const words: Words<Name> = {
  en: {
    wrong: "This did not work", noAnswer: "The server does not answer.",
    noAnswerRemedy: "See whether it runs and whether this machine reaches it, then try again.",
    showPassword: "Show the password", allLines: "Show all lines", retry: "Try again", loading: "Loading…", cancel: "Cancel", close: "Close", copy: "Copy", copied: "Copied",
    unchanged: "$ unchanged lines", same: "Both are the same.", reason: "Reason", reasonHint: "It is kept in the history.",
    active: "active", pending: "pending", running: "running", success: "success", failed: "failed", accepted: "accepted",
    unchangedState: "unchanged", rejected: "rejected", buried: "given up", retried: "retried", discarded: "discarded",
    upload: "theirs was taken", download: "the server's was kept", skip: "left as it is", merge: "merged by hand", superseded: "overtaken",
    healthy: "healthy", behind: "behind", silent: "silent", holds: "holds", broken: "broken", off: "off",
    done: "done", cancelled: "cancelled", replayed: "replayed",
  },
  ko: {
    wrong: "처리하지 못했습니다", noAnswer: "서버가 응답하지 않습니다.",
    noAnswerRemedy: "서버가 실행 중인지, 이 컴퓨터에서 연결되는지 확인한 뒤 다시 시도하세요.",
    showPassword: "비밀번호 표시", allLines: "모든 줄 표시", retry: "다시 시도", loading: "불러오는 중…", cancel: "취소", close: "닫기", copy: "복사", copied: "복사됨",
    unchanged: "변경 없는 $줄", same: "둘이 같습니다.", reason: "사유", reasonHint: "기록에 남습니다.",
    active: "활성", pending: "대기 중", running: "실행 중", success: "성공", failed: "실패", accepted: "반영됨",
    unchangedState: "변경 없음", rejected: "거부됨", buried: "처리 포기", retried: "재시도함", discarded: "폐기됨",
    upload: "로컬 버전 반영됨", download: "서버 버전 유지됨", skip: "그대로 둠", merge: "직접 병합됨", superseded: "대체됨",
    healthy: "정상", behind: "지연", silent: "응답 없음", holds: "일치", broken: "불일치", off: "꺼짐",
    done: "완료", cancelled: "취소됨", replayed: "재생됨",
  },
};
