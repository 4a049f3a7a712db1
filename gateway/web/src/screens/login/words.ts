import type { Words } from "../../words";

export const words: Words<"title" | "key" | "keyHint" | "user" | "password" | "enter" | "byKey" | "byPassword" | "how" | "link"> = {
  en: {
    title: "Log in to Headrace", key: "API key", keyHint: "It was printed when the server was first started.",
    user: "User name", password: "Password", enter: "Log in", byKey: "API key", byPassword: "Password", how: "Log in with",
    link: "Or make a link that logs you in:",
  },
  ko: {
    title: "Headrace 로그인", key: "API 키", keyHint: "서버를 처음 시작할 때 출력되었습니다.",
    user: "사용자 이름", password: "비밀번호", enter: "로그인", byKey: "API 키", byPassword: "비밀번호", how: "로그인 방법",
    link: "또는 다음 명령으로 로그인 링크를 만드세요:",
  },
};
