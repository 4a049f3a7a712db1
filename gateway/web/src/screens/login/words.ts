import type { Words } from "../../words";

type Name =
  | "title" | "key" | "keyHint" | "user" | "password" | "enter" | "byKey" | "byPassword" | "how" | "link" | "spent" | "another"
  | "inAlready" | "goOn";

export const words: Words<Name> = {
  en: {
    title: "Log in to Headrace", key: "API key", keyHint: "It was printed when the server was first started.",
    user: "User name", password: "Password", enter: "Log in", byKey: "API key", byPassword: "Password", how: "Log in with",
    link: "Or make a link that logs you in:", spent: "This link was used already, or is too old", another: "Make another one:",
    inAlready: "You are logged in here already, and need none. For another browser:", goOn: "To the dashboard",
  },
  ko: {
    title: "Headrace 로그인", key: "API 키", keyHint: "서버를 처음 시작할 때 출력되었습니다.",
    user: "사용자 이름", password: "비밀번호", enter: "로그인", byKey: "API 키", byPassword: "비밀번호", how: "로그인 방법",
    link: "또는 다음 명령으로 로그인 링크를 만드세요:", spent: "이미 사용했거나 기한이 지난 링크입니다", another: "다시 만드세요:",
    inAlready: "이미 로그인되어 있어 링크가 필요 없습니다. 다른 브라우저에서 쓰려면", goOn: "대시보드로",
  },
};
