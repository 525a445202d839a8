// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IEscrowTypes} from "../IEscrowTypes.sol";
import {Refusal} from "./Refusal.sol";

/// @notice Moves the chain's own coin (address zero) or an ERC-20 token.
library Coin {
    using Refusal for bytes4;

    /// What one payee of many may burn: enough for a contract wallet, too little to stop the others.
    uint256 private constant PAY_GAS = 60_000;

    /// @notice Takes exactly `amount` of the chain's coin from the caller, or nothing of it where a token is meant.
    function takeNative(uint256 amount) internal {
        IEscrowTypes.WrongDeposit.selector.unless(msg.value == amount, msg.value, amount);
    }

    function pay(address token, address to, uint256 amount) internal {
        if (amount == 0) return;
        IEscrowTypes.PayRefused.selector.unless(_send(token, to, amount, gasleft()), uint160(to), amount);
    }

    /// @notice Pays if that is possible; whoever refuses its money must not stop others.
    function tryPay(address token, address to, uint256 amount) internal returns (bool isPaid) {
        return _send(token, to, amount, PAY_GAS);
    }

    function held(address token) internal view returns (uint256) {
        return IERC20(token).balanceOf(address(this));
    }

    function _send(address token, address to, uint256 amount, uint256 most) private returns (bool isSent) {
        if (token == address(0)) (isSent,) = to.call{value: amount, gas: most}("");
        else isSent = SafeERC20.trySafeTransfer(IERC20(token), to, amount);
    }
}
