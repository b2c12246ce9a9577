export function environmentGenerator(): void {}
