/** No control characters and no half of a surrogate pair: neither is text, and neither comes back from every store as it went in. */
export const isPlainLine = (text: string) => !/[\p{Cc}\p{Cs}]/u.test(text);
export const isPlainText = (text: string) => !/[\p{Cs}]|(?![\n\r\t])\p{Cc}/u.test(text);
