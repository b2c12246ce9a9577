export function productGenerator(): void {}
