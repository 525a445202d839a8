// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IEscrow} from "../src/IEscrow.sol";

/// An account that refuses coins until it is told to take them.
contract Refuser {
    bool public isWilling;

    function agree() external {
        isWilling = true;
    }

    receive() external payable {
        require(isWilling, "no coins, thank you");
    }
}

/// An account that burns all the gas it is paid with.
contract Burner {
    receive() external payable {
        while (true) {}
    }
}

/// A payee that makes a call to the escrow while it is paid.
contract Reenterer {
    IEscrow private immutable ESCROW;
    bytes private _again;
    bool public isStopped;

    constructor(IEscrow escrow) {
        ESCROW = escrow;
    }

    function arm(bytes calldata again) external {
        _again = again;
    }

    receive() external payable {
        (bool isDone,) = address(ESCROW).call(_again);
        isStopped = !isDone;
    }
}

/// A wallet of several owners (ERC-1271): it vouches for what at least `NEEDED` of them have signed, in the order of
/// their addresses.
contract Wallet is IERC1271 {
    uint256 private immutable NEEDED;
    mapping(address => bool) private _isOwner;

    constructor(address[] memory owners, uint256 needed) {
        NEEDED = needed;
        for (uint256 i = 0; i < owners.length; ++i) {
            _isOwner[owners[i]] = true;
        }
    }

    receive() external payable {}

    function isValidSignature(bytes32 digest, bytes calldata signatures) external view returns (bytes4) {
        (uint256 count, address former) = (signatures.length / 65, address(0));
        for (uint256 i = 0; i < count; ++i) {
            address signer = ECDSA.recover(digest, signatures[i * 65:i * 65 + 65]);
            if (!_isOwner[signer] || signer <= former) return 0xffffffff;
            former = signer;
        }
        return count >= NEEDED ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
